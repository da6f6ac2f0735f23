package org.matriarch.storage.file.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of one directory, under one configuration: what began with it ends there. Does nothing on the disk until it is
 * asked for something.
 */
final class DirectoryStore implements ObjectStore {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryStore.class);

    private static final int BUFFER_BYTES = 256 << 10;

    private final StoreSettings settings;
    private final Path root;
    private final Disk disk;
    private final DurableDirectories directories;
    private final Publisher publisher;
    private final Failures failures;

    DirectoryStore(StoreSettings settings, Disk disk) {
        this.settings = settings;
        this.root = settings.root();
        this.disk = disk;
        this.directories = new DurableDirectories(disk, root);
        this.publisher = new Publisher(disk);
        this.failures = new Failures(settings.id(), root);
    }

    @Override
    public String id() {
        return settings.id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        Path target = pathOf(name);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new ObjectExistsException(settings.id(), name);
        }
        requireSpace(name, sizeBytes);
        try {
            Path temporary = openTemporary(target, file -> copy(name, content, sizeBytes, file));
            try {
                publisher.publish(temporary, target);
                syncPublished(target);
            } finally {
                discard(temporary);
            }
            return describe(name, target);
        } catch (FileAlreadyExistsException e) {
            throw new ObjectExistsException(settings.id(), name);
        } catch (IOException e) {
            throw failures.of("write", name, e);
        }
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        Path target = pathOf(name);
        try {
            Path temporary = openTemporary(target, file -> disk.write(file, ByteBuffer.wrap(content)));
            try {
                disk.rename(temporary, target);
            } finally {
                discard(temporary);
            }
            disk.syncDirectory(parentOf(target));
            return describe(name, target);
        } catch (IOException e) {
            throw failures.of("write", name, e);
        }
    }

    @Override
    public ObjectBatch batch() {
        return new FileBatch(this, disk);
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        Path file = pathOf(name);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            try {
                if (Files.isDirectory(file)) {
                    throw new ObjectMissingException(settings.id(), name);
                }
                if (offsetBytes < 0 || offsetBytes > channel.size()) {
                    throw new IOException(
                            "offset %d is not within its %d bytes".formatted(offsetBytes, channel.size()));
                }
                return Channels.newInputStream(channel.position(offsetBytes));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new ObjectMissingException(settings.id(), name);
        } catch (IOException e) {
            if (find(name).isEmpty()) {
                throw new ObjectMissingException(settings.id(), name);
            }
            throw failures.of("read", name, e);
        }
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(pathOf(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? Optional.of(info(name, attributes)) : Optional.empty();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            // ENOTDIR, when an object lies where the name wants a directory, has no exception of its own here.
            if (!Files.isDirectory(parentOf(pathOf(name)))) {
                return Optional.empty();
            }
            throw failures.of("read", name, e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        pathOf(prefix);
        try {
            return TreeWalk.list(root, prefix);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failures.of("list", prefix, e);
        }
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        delete(List.of(name));
    }

    /** Each directory is synced once, after the last file of it that is to go. */
    @Override
    public void delete(Collection<ObjectName> names) throws StorageException {
        var left = new LinkedHashMap<Path, ObjectName>();
        try {
            for (ObjectName name : names) {
                if (remove(name)) {
                    left.put(parentOf(pathOf(name)), name);
                }
            }
        } finally {
            sync(left);
        }
    }

    /** Returns whether the directory has to be synced: also if the object is gone, for that may not be on the disk yet. */
    private boolean remove(ObjectName name) throws StorageException {
        Path file = pathOf(name);
        try {
            if (!isInside(parentOf(file))) {
                return false;
            }
            if (find(name).isPresent()) {
                disk.delete(file);
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw failures.of("delete", name, e);
        }
    }

    private void sync(Map<Path, ObjectName> deleted) throws StorageException {
        for (Map.Entry<Path, ObjectName> each : deleted.entrySet()) {
            sync(each.getKey(), each.getValue());
        }
    }

    private void sync(Path directory, ObjectName deleted) throws StorageException {
        try {
            disk.syncDirectory(directory);
        } catch (NoSuchFileException e) {
            return; // somebody deleted all of it
        } catch (IOException e) {
            throw failures.of("delete", deleted, e);
        }
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("'%s' does not end with '/'".formatted(prefix));
        }
        Path top = pathOf(prefix);
        try {
            if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS) && isInside(top)) {
                directories.forget(top);
                TreeWalk.delete(top, disk);
                disk.syncDirectory(parentOf(top));
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw failures.of("delete", prefix, e);
        }
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return Optional.of(pathOf(prefix));
    }

    /** Returns the directory of a prefix, which may end within a name. */
    Path pathOf(String prefix) {
        if (!prefix.isEmpty()) {
            String whole = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
            return root.resolve(new ObjectName(whole).value());
        }
        return root;
    }

    /** Returns where an object lies. */
    Path pathOf(ObjectName name) {
        Path path = root.resolve(name.value());
        if (TemporaryFiles.isTemporary(TreeWalk.nameOf(path))) {
            throw new IllegalArgumentException("'%s' is the name of a temporary file".formatted(name));
        }
        return path;
    }

    /** Makes a new file, and its directory if need be, which somebody may be deleting at the same time. */
    FileChannel create(Path file) throws IOException {
        return inDirectory(file, () -> disk.create(file));
    }

    /** Opens a file that somebody else made, in directories that somebody else may have made. */
    FileChannel open(Path file) throws IOException {
        return inDirectory(file, () -> FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** Makes a directory, which survives a power cut. */
    void require(Path directory) throws IOException {
        inDirectory(directory.resolve("any"), () -> directory);
    }

    /** Gives a file another name, in a directory that is made if need be. */
    void link(Path file, Path newName) throws IOException {
        inDirectory(newName, () -> {
            disk.link(newName, file);
            return newName;
        });
    }

    private <T> T inDirectory(Path file, Step<T> step) throws IOException {
        Path directory = parentOf(file);
        for (int attempt = 1; ; attempt++) {
            directories.require(directory);
            try {
                if (!isInside(directory)) {
                    throw new IOException("a link in its path leads out of '%s'".formatted(root));
                }
                return step.run();
            } catch (NoSuchFileException e) {
                directories.forget(root);
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    /** Refuses what would use up the room that is kept for the state of backups. */
    void requireSpace(ObjectName name, long sizeBytes) throws StorageException {
        long usableBytes = root.toFile().getUsableSpace();
        if (settings.reserveBytes() > 0
                && usableBytes - sizeBytes < settings.reserveBytes()
                && Files.isDirectory(root)) {
            throw new StoreFullException(
                    settings.id(),
                    name,
                    new IOException("%d bytes are free, %d are to be written and %d are kept in reserve"
                            .formatted(usableBytes, sizeBytes, settings.reserveBytes())));
        }
    }

    Failures failures() {
        return failures;
    }

    static Path parentOf(Path file) {
        return requireNonNull(file.getParent(), "an object's path has a parent");
    }

    private Path openTemporary(Path target, Content content) throws IOException {
        Path temporary = TemporaryFiles.in(parentOf(target));
        try (FileChannel file = create(temporary)) {
            content.writeTo(file);
            disk.sync(file);
            return temporary;
        } catch (IOException e) {
            discard(temporary);
            throw e;
        }
    }

    private void copy(ObjectName name, InputStream content, long sizeBytes, FileChannel file) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(sizeBytes, 1))];
        long copied = 0;
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            copied += read;
            if (copied > sizeBytes) {
                throw wrongSize(name, sizeBytes, "more");
            }
            disk.write(file, ByteBuffer.wrap(buffer, 0, read));
        }
        if (copied < sizeBytes) {
            throw wrongSize(name, sizeBytes, copied + " bytes");
        }
    }

    /** Returns the failure of an object that has not the size it was announced with. */
    StorageException wrongSize(ObjectName name, long expectedBytes, String found) {
        return new StorageException(
                "unable to write '%s' in store '%s': expected %d bytes but received %s"
                        .formatted(name, settings.id(), expectedBytes, found),
                true,
                null);
    }

    /** What has a name but may lose it in a power cut must not be seen. */
    private void syncPublished(Path target) throws IOException {
        try {
            disk.syncDirectory(parentOf(target));
        } catch (IOException e) {
            discard(target);
            throw e;
        }
    }

    /** Does what it can: a temporary file that stays is invisible, and removed at the next start. */
    private void discard(Path file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            LOG.warn("unable to remove '{}' from store '{}': {}", file, settings.id(), e.getMessage());
        }
    }

    private boolean isInside(Path directory) throws IOException {
        return directory.toRealPath().startsWith(root.toRealPath());
    }

    private static ObjectInfo describe(ObjectName name, Path file) throws IOException {
        return info(name, Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private static ObjectInfo info(ObjectName name, BasicFileAttributes attributes) {
        return new ObjectInfo(
                name, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    /** Writes an object's bytes. */
    @FunctionalInterface
    private interface Content {

        void writeTo(FileChannel file) throws IOException;
    }

    /** What needs the directory of a file. */
    private interface Step<T> {
        T run() throws IOException;
    }
}
