package org.matriarch.core.backup.internal;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalSwitch;

/** WAL of which only the names are known. */
final class KnownWal implements WalFiles {

    final Set<WalFileName> names = new TreeSet<>();

    @Override
    public List<WalFileName> peek(String server, WalFileName from, int count) {
        return names.contains(from) ? List.of(from) : List.of();
    }

    @Override
    public InputStream open(String server, WalFileName name, boolean partial) {
        throw new IllegalStateException("not asked for by a backup");
    }

    @Override
    public WalListing list(String server, WalFilter filter) {
        throw new IllegalStateException("not asked for by a backup");
    }

    @Override
    public WalSwitch switchWal(String server, boolean force) {
        throw new IllegalStateException("not asked for by a backup");
    }

    @Override
    public void awaitArchived(String server, WalFileName name, Duration timeout) {
        throw new IllegalStateException("not asked for by a backup");
    }

    @Override
    public void checkEmpty(String server, Optional<Integer> timeline) {
        throw new IllegalStateException("not asked for by a backup");
    }

    @Override
    public List<WalFileName> missing(String server, WalFileName from, WalFileName to) {
        throw new IllegalStateException("not asked for by a backup");
    }
}
