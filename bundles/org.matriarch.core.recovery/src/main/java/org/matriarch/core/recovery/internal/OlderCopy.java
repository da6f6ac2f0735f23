package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/**
 * What a destination holds from before, where a delta restore builds on it. Everything in it that the backup does not hold gets
 * lost: so it has to be a data directory, of the same cluster, and stopped.
 */
final class OlderCopy {

    private static final String PID_FILE = "postmaster.pid";

    /** Whoever may see any process sees the first one. */
    private static final long FIRST_PROCESS = 1;

    private final HostFiles files;
    private final boolean remote;
    private final Destination data;

    /** Looks at {@code data}; the processes of a {@code remote} host are not seen from here. */
    OlderCopy(HostFiles files, boolean remote, Destination data) {
        this.files = files;
        this.remote = remote;
        this.data = data;
    }

    /** Refuses what must not be overwritten. */
    void requireReplaceable(List<HostFile> content, Backup backup) throws IOException {
        boolean known = content.stream()
                .map(HostFile::name)
                .anyMatch(name -> name.equals("PG_VERSION") || name.equals(ControlFile.INCOMPLETE_MARK));
        if (!known) {
            throw data.unusable(
                    files,
                    "it holds something else than a data directory",
                    "choose an empty or a new directory, or one that holds an older copy of the server.",
                    null);
        }
        requireStopped();
        Optional<byte[]> control = controlFile();
        String expected = backup.source().systemId();
        if (control.isPresent() && !expected.isEmpty() && !isOf(expected, control.get())) {
            throw data.unusable(
                    files,
                    "it holds another cluster, whose system identifier is not %s".formatted(expected),
                    "choose another directory, or empty this one.",
                    null);
        }
    }

    /** Refuses a directory that PostgreSQL works on. */
    void requireStopped() throws IOException {
        Path file = data.path().resolve(PID_FILE);
        if (files.find(file).isEmpty()) {
            return;
        }
        if (remote) {
            throw data.unusable(
                    files,
                    "it holds a %s, so PostgreSQL may be running there".formatted(PID_FILE),
                    "stop PostgreSQL; if none runs there, remove the file.",
                    null);
        }
        String number = new String(files.read(file), StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        if (!isGone(number)) {
            throw data.unusable(
                    files,
                    "PostgreSQL runs there, as process %s".formatted(number),
                    "stop it; if that process is another one, remove '%s'.".formatted(file),
                    null);
        }
    }

    private static boolean isGone(String number) {
        boolean seesProcesses = ProcessHandle.of(FIRST_PROCESS).isPresent();
        return seesProcesses
                && number.matches("-?\\d{1,9}")
                && ProcessHandle.of(Math.abs(Long.parseLong(number))).isEmpty();
    }

    /** Returns where the tablespaces of the copy lie by the oid that its links are named by. */
    Map<Long, Path> tablespaces() throws IOException {
        var places = new TreeMap<Long, Path>();
        Path links = data.path().resolve("pg_tblspc");
        boolean there = files.find(links)
                .filter(file -> file.kind() == HostFile.Kind.DIRECTORY)
                .isPresent();
        for (HostFile file : there ? files.list(links) : List.<HostFile>of()) {
            String name = file.name();
            if (file.kind() == HostFile.Kind.LINK && name.matches("\\d{1,10}")) {
                places.put(Long.parseLong(name), files.readLink(file.path()));
            }
        }
        return places;
    }

    private Optional<byte[]> controlFile() throws IOException {
        for (Path place : List.of(data.path().resolve(Layout.CONTROL_FILE), ControlFile.olderPlace(data.path()))) {
            if (files.find(place).isPresent()) {
                return Optional.of(files.read(place));
            }
        }
        return Optional.empty();
    }

    /** The identifier comes first in the file, in the byte order of the machine that wrote it. */
    private static boolean isOf(String systemId, byte[] control) {
        if (control.length < Long.BYTES) {
            return true; // cut off; nothing that PostgreSQL would start from
        }
        ByteBuffer bytes = ByteBuffer.wrap(control);
        return systemId.equals(Long.toUnsignedString(
                        bytes.order(ByteOrder.LITTLE_ENDIAN).getLong(0)))
                || systemId.equals(
                        Long.toUnsignedString(bytes.order(ByteOrder.BIG_ENDIAN).getLong(0)));
    }

    /** Refuses a tablespace's directory with content that the copy does not link to: it may belong to a running server. */
    void requireOwn(long oid, Destination tablespace) throws IOException {
        Path linked = tablespaces().get(oid);
        if (linked == null || !linked.equals(tablespace.path().normalize())) {
            throw notOwn(tablespace);
        }
    }

    private MatriarchException notOwn(Destination tablespace) {
        return tablespace.unusable(
                files,
                "it is not empty, and the data directory '%s' has no link to it".formatted(data.path()),
                "give the tablespace the directory that its copy is in, or an empty or a new one, with"
                        + " '--tablespace NAME:DIR'.",
                null);
    }
}
