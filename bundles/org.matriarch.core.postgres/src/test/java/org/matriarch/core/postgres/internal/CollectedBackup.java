package org.matriarch.core.postgres.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupStart;

/** Keeps the archives of a base backup in memory and writes down in what order they came. */
final class CollectedBackup implements BaseBackupListener {

    final List<String> calls = new ArrayList<>();
    final Map<Long, ByteArrayOutputStream> archives = new LinkedHashMap<>();
    private ByteArrayOutputStream current = new ByteArrayOutputStream();
    BaseBackupStart start;
    String manifest = "";

    @Override
    public void started(BaseBackupStart started) {
        start = started;
        calls.add("started");
    }

    @Override
    public void archive(long tablespaceOid) {
        calls.add(tablespaceOid == 0 ? "base" : "tablespace");
        current = new ByteArrayOutputStream();
        archives.put(tablespaceOid, current);
    }

    @Override
    public void data(byte[] buffer, int offset, int length) {
        current.write(buffer, offset, length);
    }

    @Override
    public void archiveEnd() {
        calls.add("end");
    }

    @Override
    public void manifest(byte[] json) {
        calls.add("manifest");
        manifest = new String(json, StandardCharsets.UTF_8);
    }

    /** Unpacks the data directory; returns the names of its files. */
    List<String> unpack(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new ByteArrayInputStream(archives.get(0L).toByteArray()))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(tar, target);
                    names.add(entry.getName());
                }
            }
        }
        return names;
    }

    /** Returns whether every archive ends with the two blocks of zeros that end a tar. */
    boolean endsAsTar() {
        return archives.values().stream().allMatch(archive -> {
            byte[] bytes = archive.toByteArray();
            for (int i = bytes.length - 1024; i < bytes.length; i++) {
                if (bytes[i] != 0) {
                    return false;
                }
            }
            return bytes.length % 512 == 0;
        });
    }
}
