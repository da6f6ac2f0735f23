package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/** Files that can stop to change, from the n-th change on, as when the power fails; and whose room can be told. */
class ForwardingFiles implements HostFiles {

    final AtomicInteger changes = new AtomicInteger();
    private final HostFiles files;
    private final int lastChange;

    /** Allows so many changes. */
    ForwardingFiles(HostFiles files, int lastChange) {
        this.files = files;
        this.lastChange = lastChange;
    }

    private void change() throws IOException {
        if (changes.incrementAndGet() > lastChange) {
            throw new IOException("no change after %d".formatted(lastChange));
        }
    }

    @Override
    public String describe(Path path) {
        return files.describe(path);
    }

    @Override
    public Optional<HostFile> find(Path path) throws IOException {
        return files.find(path);
    }

    @Override
    public List<HostFile> list(Path directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return files.read(file);
    }

    @Override
    public Path readLink(Path link) throws IOException {
        return files.readLink(link);
    }

    @Override
    public Map<Path, String> sha256(List<Path> paths) throws IOException, InterruptedException {
        return files.sha256(paths);
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        change();
        files.makeDirectory(directory);
    }

    @Override
    public Output create(Path file, int mode) throws IOException {
        change();
        Output output = files.create(file, mode);
        return new Output() {
            @Override
            public void write(ByteBuffer bytes) throws IOException, InterruptedException {
                change();
                output.write(bytes);
            }

            @Override
            public void finish() throws IOException, InterruptedException {
                change();
                output.finish();
            }

            @Override
            public void close() throws IOException {
                output.close();
            }
        };
    }

    @Override
    public void setMode(Path path, int mode) throws IOException {
        change();
        files.setMode(path, mode);
    }

    @Override
    public void link(Path link, Path target) throws IOException {
        change();
        files.link(link, target);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change();
        files.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        change();
        files.delete(path);
    }

    @Override
    public void sync(Path path) throws IOException {
        change();
        files.sync(path);
    }

    @Override
    public Room room(Path path) throws IOException {
        return files.room(path);
    }

    @Override
    public void close() {
        files.close();
    }
}
