package org.matriarch.core.wal.internal;

import java.util.Optional;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;

/** Tells whose WAL a repository takes. */
final class Ownership {

    private Ownership() {}

    /**
     * Returns whose data the repository holds; as long as nobody has claimed it, it is claimed for what the server says.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code POSTGRES_UNREACHABLE} and others if it has to be asked and
     *     does not answer
     */
    static RepositoryIdentity of(ServerConfiguration server, Repository repository, WalServices services) {
        Optional<RepositoryIdentity> identity = repository.identity();
        if (identity.isPresent()) {
            return identity.get();
        }
        ServerFacts facts = services.connections().facts(server);
        var found = new RepositoryIdentity(facts.systemId(), facts.version().major());
        repository.claim(found);
        return found;
    }
}
