package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/** The files of this host. What is created is given to whoever owns the destination of the restore. */
final class LocalFiles implements HostFiles {

    private static final int BUFFER_BYTES = 1 << 18;
    private static final int PERMISSIONS = 0777;
    private static final int OWNER_FILE = 0600;
    private static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_FOR_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final PosixFilePermission[] BITS_FROM_LOWEST = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ,
    };

    private final OwnerOfDestination owner;
    private final ExecutorService beside;

    private LocalFiles(OwnerOfDestination owner, ExecutorService beside) {
        this.owner = owner;
        this.beside = beside;
    }

    /** Opens the files of this host for a restore to {@code destination}. */
    static LocalFiles at(Path destination) throws IOException {
        return new LocalFiles(
                OwnerOfDestination.of(destination),
                Executors.newCachedThreadPool(Workers.named("matriarch-restore-sync")));
    }

    @Override
    public String describe(Path path) {
        return path.toString();
    }

    @Override
    public Optional<HostFile> find(Path path) throws IOException {
        try {
            return Optional.of(look(path, Files.readAttributes(path, "unix:*")));
        } catch (IOException e) {
            if (Files.exists(path)) {
                throw e;
            }
            return Optional.empty(); // also below what is no directory
        }
    }

    @Override
    public List<HostFile> list(Path directory) throws IOException {
        var found = new ArrayList<HostFile>();
        try (Stream<Path> content = Files.list(directory)) {
            for (Path path : (Iterable<Path>) content::iterator) {
                found.add(look(path, Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS)));
            }
        }
        return found;
    }

    private static HostFile look(Path path, Map<String, Object> attributes) {
        HostFile.Kind kind = HostFile.Kind.OTHER;
        if (isSet(attributes, "isRegularFile")) {
            kind = HostFile.Kind.FILE;
        } else if (isSet(attributes, "isDirectory")) {
            kind = HostFile.Kind.DIRECTORY;
        } else if (isSet(attributes, "isSymbolicLink")) {
            kind = HostFile.Kind.LINK;
        }
        return new HostFile(
                path,
                kind,
                ((Number) attributes.getOrDefault("size", 0)).longValue(),
                ((Number) attributes.getOrDefault("mode", 0)).intValue() & PERMISSIONS,
                ((Number) attributes.getOrDefault("nlink", 1)).intValue());
    }

    private static boolean isSet(Map<String, Object> attributes, String name) {
        return Boolean.TRUE.equals(attributes.get(name));
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    @Override
    public Path readLink(Path link) throws IOException {
        return link.resolveSibling(Files.readSymbolicLink(link)).normalize();
    }

    @Override
    public Map<Path, String> sha256(List<Path> files) throws InterruptedException {
        var digests = new HashMap<Path, String>();
        for (Path file : files) {
            try {
                digests.put(file, sha256(file));
            } catch (IOException e) {
                // Whatever it holds, it is not known to be what it should: it gets written anew.
                digests.remove(file);
            }
        }
        return digests;
    }

    private static String sha256(Path file) throws IOException, InterruptedException {
        var digest = Sha256.begin();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while reading '%s'".formatted(file));
                }
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, DIRECTORY_FOR_OWNER);
            owner.give(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    @Override
    public Output create(Path file, int mode) throws IOException {
        return new LocalOutput(
                file,
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FOR_OWNER),
                mode);
    }

    @Override
    public void setMode(Path path, int mode) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS_FROM_LOWEST.length; bit++) {
            if ((mode >> bit & 1) == 1) {
                permissions.add(BITS_FROM_LOWEST[bit]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
        owner.give(path); // one that was there before as well
    }

    @Override
    public void link(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target);
        owner.give(link);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Room room(Path path) throws IOException {
        var store = Files.getFileStore(path);
        return new Room(store.toString(), store.getUsableSpace());
    }

    /** Waits until nothing is at work any more. */
    @Override
    public void close() {
        beside.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (beside.awaitTermination(1, TimeUnit.SECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A file that the disk works on already while it is written. */
    private final class LocalOutput implements Output {

        private final Path file;
        private final FileChannel channel;
        private final EarlySync sync;
        private final int mode;

        LocalOutput(Path file, FileChannel channel, int mode) {
            this.file = file;
            this.channel = channel;
            this.mode = mode;
            this.sync = new EarlySync(channel, beside);
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException, InterruptedException {
            int count = bytes.remaining();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            sync.written(count);
        }

        @Override
        public void finish() throws IOException, InterruptedException {
            if (mode != OWNER_FILE) {
                setMode(file, mode);
            } else {
                owner.give(file);
            }
            sync.finish();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
