package org.matriarch.core.recovery.internal;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalSwitch;
import org.matriarch.testkit.repository.InMemoryWalArchive;

/** WAL files that come from an archive in memory alone. */
record ListedWalFiles(InMemoryWalArchive archive) implements WalFiles {

    @Override
    public InputStream open(String server, WalFileName name, boolean partial) {
        return archive.open(name);
    }

    @Override
    public List<WalFileName> peek(String server, WalFileName from, int count) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public WalListing list(String server, WalFilter filter) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public WalSwitch switchWal(String server, boolean force) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public void awaitArchived(String server, WalFileName name, Duration timeout) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public void checkEmpty(String server, Optional<Integer> timeline) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public List<WalFileName> missing(String server, WalFileName from, WalFileName to) {
        throw new IllegalStateException("not asked for by a restore");
    }
}
