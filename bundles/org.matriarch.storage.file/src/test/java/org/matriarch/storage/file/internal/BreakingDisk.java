package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk that notes its steps and is cut off before one of them: neither this nor any later step happens. */
final class BreakingDisk extends Disk {

    private final List<String> steps = new ArrayList<>();
    private final int brokenFrom;
    private boolean withoutLinks;

    /** Steps are counted from 1. */
    BreakingDisk(int brokenFrom) {
        this.brokenFrom = brokenFrom;
    }

    static BreakingDisk whole() {
        return new BreakingDisk(Integer.MAX_VALUE);
    }

    BreakingDisk withoutLinks() {
        withoutLinks = true;
        return this;
    }

    synchronized List<String> steps() {
        return List.copyOf(steps);
    }

    @Override
    FileChannel create(Path file) throws IOException {
        step("create", file);
        return super.create(file);
    }

    @Override
    void write(FileChannel file, ByteBuffer bytes) throws IOException {
        step("write");
        super.write(file, bytes);
    }

    @Override
    void sync(FileChannel file) throws IOException {
        step("sync");
        super.sync(file);
    }

    @Override
    void link(Path newName, Path file) throws IOException {
        if (withoutLinks) {
            throw new FileSystemException(newName.toString(), null, "Operation not permitted");
        }
        step("link", newName);
        super.link(newName, file);
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        step("rename", to);
        super.rename(from, to);
    }

    @Override
    void delete(Path path) throws IOException {
        step("delete", path);
        super.delete(path);
    }

    @Override
    void makeDirectory(Path directory) throws IOException {
        step("mkdir", directory);
        super.makeDirectory(directory);
    }

    @Override
    void syncDirectory(Path directory) throws IOException {
        step("sync", directory);
        super.syncDirectory(directory);
    }

    private void step(String what, Path path) throws IOException {
        String name = TreeWalk.nameOf(path);
        step(what + " " + (TemporaryFiles.isTemporary(name) ? "temporary" : name));
    }

    private synchronized void step(String what) throws IOException {
        steps.add(what);
        if (steps.size() >= brokenFrom) {
            throw new IOException("the power was cut at step %d".formatted(brokenFrom));
        }
    }
}
