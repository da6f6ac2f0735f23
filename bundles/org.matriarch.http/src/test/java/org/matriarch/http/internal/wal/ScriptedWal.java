package org.matriarch.http.internal.wal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Compression;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalIntake;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalSwitch;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

/** Stands in for the archives of two servers, main and other: what is pushed can be fetched. Thread-safe. */
final class ScriptedWal implements WalServices, WalFiles, WalIntake {

    private final FixedServers servers;
    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
    private final List<String> opened = new CopyOnWriteArrayList<>();
    private volatile Optional<ErrorCode> failure = Optional.empty();

    ScriptedWal(Path home) {
        servers = new FixedServers(new ServerBuilder("main", home).build(), new ServerBuilder("other", home).build());
    }

    ScriptedWal with(String server, String name, byte[] content) {
        files.put(server + "/" + name, content);
        return this;
    }

    /** Lets everything fail from now on, or nothing. */
    void failWith(Optional<ErrorCode> code) {
        failure = code;
    }

    byte[] content(String server, String name) {
        return files.getOrDefault(server + "/" + name, new byte[0]);
    }

    /** Returns the names that were opened, in order. */
    List<String> opened() {
        return opened;
    }

    @Override
    public Servers servers() {
        return servers;
    }

    @Override
    public WalFiles files() {
        requireNoFailure();
        return this;
    }

    @Override
    public WalIntake intake() {
        requireNoFailure();
        return this;
    }

    @Override
    public Compression compression() {
        return (id, out) -> new GZIPOutputStream(out);
    }

    @Override
    public Outcome take(String server, String name, InputStream content, Supplier<Optional<String>> sha256) {
        if (WalFileName.find(name).isEmpty()) {
            throw error(ErrorCode.WAL_INVALID, "'%s' is not the name of a WAL file".formatted(name));
        }
        byte[] bytes;
        try {
            bytes = content.readAllBytes();
        } catch (IOException e) {
            throw error(ErrorCode.WAL_TRANSFER, "'%s' ended early".formatted(name));
        }
        if (!sha256(bytes).equals(sha256.get().orElseThrow())) {
            throw error(ErrorCode.WAL_TRANSFER, "'%s' is not what was sent".formatted(name));
        }
        byte[] before = files.putIfAbsent(server + "/" + name, bytes);
        if (before == null) {
            return Outcome.STORED;
        }
        if (MessageDigest.isEqual(before, bytes)) {
            return Outcome.DUPLICATE;
        }
        throw error(ErrorCode.WAL_CONFLICT, "different content is archived as '%s'".formatted(name));
    }

    @Override
    public InputStream open(String server, WalFileName name, boolean partial) {
        opened.add(name.value());
        byte[] content = files.get(server + "/" + name);
        if (content == null && partial) {
            content = files.get(server + "/" + name + ".partial");
        }
        if (content == null) {
            throw error(ErrorCode.WAL_MISSING, "'%s' is not in the WAL archive of '%s'".formatted(name, server));
        }
        return new ByteArrayInputStream(content);
    }

    @Override
    public List<WalFileName> peek(String server, WalFileName from, int count) {
        return files.keySet().stream()
                .filter(key -> key.startsWith(server + "/"))
                .map(key -> new WalFileName(key.substring(server.length() + 1)))
                .filter(name -> name.isSegment() && name.compareTo(from) >= 0)
                .limit(count)
                .toList();
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void requireNoFailure() {
        failure.ifPresent(code -> {
            throw error(code, "out of order");
        });
    }

    private static MatriarchException error(ErrorCode code, String summary) {
        return new MatriarchException(code, summary, "ask the test.");
    }

    @Override
    public WalListing list(String server, WalFilter filter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WalSwitch switchWal(String server, boolean force) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void awaitArchived(String server, WalFileName name, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkEmpty(String server, Optional<Integer> timeline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<WalFileName> missing(String server, WalFileName from, WalFileName to) {
        throw new UnsupportedOperationException();
    }
}
