package org.matriarch.core.recovery.internal;

import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;

/** The same repository for every server; whoever restores from it must not take charge of it. */
record OneRepository(Repository repository) implements Repositories {

    @Override
    public Repository repository(ServerConfiguration server) {
        return repository;
    }

    @Override
    public void takeCharge(ServerConfiguration server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void giveBack(String server) {
        throw new UnsupportedOperationException();
    }
}
