package org.matriarch.core.backup.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Sizes and CRC-32C of the files that came, to be compared with what the server says it sent. Thread-safe. */
final class ArrivedFiles {

    /** The name under which the server's manifest itself is kept. */
    static final String MANIFEST = "backup_manifest";

    private static final int NAMED_PROBLEMS = 3;

    private record Arrived(long sizeBytes, int crc32c) {}

    private final Map<String, Arrived> byPath = new ConcurrentHashMap<>();

    /** Notes a file by the path that the manifest uses. */
    void add(String manifestPath, long sizeBytes, int crc32c) {
        byPath.put(manifestPath, new Arrived(sizeBytes, crc32c));
    }

    /**
     * Compares and forgets what came.
     *
     * @return what differs, at most three files named; empty if nothing does
     * @throws IOException if the manifest is damaged
     */
    List<String> compareWith(byte[] manifest) throws IOException {
        var problems = new ArrayList<String>();
        ServerManifest.read(manifest, file -> compare(file, problems));
        // WAL is not in the manifest, since it is needed from the archive anyway.
        byPath.keySet().removeIf(path -> path.startsWith("pg_wal/") || path.equals(MANIFEST));
        for (String extra : new TreeSet<>(byPath.keySet())) {
            problems.add("file '%s' is not in the server's manifest".formatted(extra));
        }
        byPath.clear();
        if (problems.size() <= NAMED_PROBLEMS) {
            return problems;
        }
        var named = new ArrayList<>(problems.subList(0, NAMED_PROBLEMS));
        named.add("%d more".formatted(problems.size() - NAMED_PROBLEMS));
        return named;
    }

    private void compare(ServerManifest.File file, List<String> problems) {
        Arrived arrived = byPath.remove(file.path());
        if (arrived == null) {
            problems.add("file '%s' is missing".formatted(file.path()));
        } else if (arrived.sizeBytes() != file.sizeBytes()) {
            problems.add("file '%s' has %d bytes, the server's manifest says %d"
                    .formatted(file.path(), arrived.sizeBytes(), file.sizeBytes()));
        } else if (file.crc32c().isPresent() && file.crc32c().get() != arrived.crc32c()) {
            problems.add("file '%s' has CRC-32C %08x, the server's manifest says %08x"
                    .formatted(file.path(), arrived.crc32c(), file.crc32c().get()));
        }
    }
}
