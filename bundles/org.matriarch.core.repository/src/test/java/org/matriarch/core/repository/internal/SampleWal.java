package org.matriarch.core.repository.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** WAL files that the tests of the archive share, and how they look at an archive. */
final class SampleWal {

    static final WalFileName FIRST = new WalFileName("000000010000000000000001");
    static final WalFileName SECOND = new WalFileName("000000010000000000000002");
    static final WalFileName HISTORY = new WalFileName("00000002.history");

    private SampleWal() {}

    static List<WalFileName> names(WalArchive wal) {
        var names = new ArrayList<WalFileName>();
        wal.entries().forEach(entry -> names.add(entry.name()));
        return names;
    }

    static ObjectName name(WalFileName name) {
        return new Layout("main").wal(name);
    }

    static void put(ObjectStore store, WalFileName name, byte[] content) throws StorageException {
        store.put(name(name), new ByteArrayInputStream(content), content.length);
    }

    static byte[] read(WalArchive wal, WalFileName name) throws IOException {
        try (InputStream in = wal.open(name)) {
            return in.readAllBytes();
        }
    }

    /** Returns a page-like content: magic number first, then much that can be compressed. */
    static byte[] bytes(int seed) {
        byte[] bytes = new byte[100_000];
        bytes[0] = 0x13;
        bytes[1] = (byte) 0xD1;
        bytes[99_000] = (byte) seed;
        return bytes;
    }
}
