package org.matriarch.transport.rsync.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.TransferReceiver;

/** Copies many files with several rsync at a time, which share what their area may take of the network. */
final class ParallelCopy {

    /** With less of either, another connection costs more than it brings. */
    private static final long PART_BYTES = 32L << 20;

    private static final int PART_FILES = 1000;

    private final Rsync rsync;
    private final Programs programs;
    private final TransferReceiver receiver;
    private final Tasks tasks;
    private final int jobs;

    ParallelCopy(Rsync rsync, Programs programs, TransferReceiver receiver, Tasks tasks, int jobs) {
        this.rsync = rsync;
        this.programs = programs;
        this.receiver = receiver;
        this.tasks = tasks;
        this.jobs = jobs;
    }

    /** Takes over what has not changed since an earlier backup; returns the files that have to be copied. */
    List<RemoteFile> withoutUnchanged(List<RemoteFile> files) throws IOException, InterruptedException {
        var looks = new ArrayList<Callable<List<RemoteFile>>>();
        for (List<RemoteFile> part : split(files, jobs)) {
            looks.add(() -> {
                var changed = new ArrayList<RemoteFile>();
                for (RemoteFile file : part) {
                    programs.requireOpen();
                    if (!receiver.reuse(file.path(), file.sizeBytes(), file.mode(), file.modified())) {
                        changed.add(file);
                    }
                }
                return changed;
            });
        }
        return tasks.all(looks).stream().flatMap(List::stream).toList();
    }

    /** Copies files; returns those that have vanished. */
    List<RemoteFile> copy(List<RemoteFile> files, List<Area> areas) throws IOException, InterruptedException {
        long bytes = bytes(files);
        var copies = new ArrayList<Callable<List<RemoteFile>>>();
        Map<Long, List<RemoteFile>> byArea = files.stream()
                .collect(Collectors.groupingBy(file -> file.path().tablespaceOid(), TreeMap::new, Collectors.toList()));
        for (Area area : areas) {
            List<RemoteFile> ours = byArea.getOrDefault(area.oid(), List.of());
            if (!ours.isEmpty()) {
                Path target = receiver.localDirectory(area.oid(), bytes);
                List<List<RemoteFile>> parts = split(ours, parts(ours));
                int rate = area.maxRateKib() == 0 ? 0 : Math.max(1, area.maxRateKib() / parts.size());
                for (List<RemoteFile> part : parts) {
                    copies.add(() -> new PartCopy(rsync, receiver, target, rate, part).copy());
                }
            }
        }
        return tasks.all(copies).stream().flatMap(List::stream).toList();
    }

    private int parts(List<RemoteFile> files) {
        long useful = 1 + Math.max(bytes(files) / PART_BYTES, files.size() / PART_FILES);
        return (int) Math.min(useful, jobs);
    }

    private static long bytes(List<RemoteFile> files) {
        return files.stream().mapToLong(RemoteFile::sizeBytes).sum();
    }

    /** Splits so that all parts have about as many bytes, and as many files. */
    private static List<List<RemoteFile>> split(List<RemoteFile> files, int parts) {
        var smallest = new PriorityQueue<Part>(Comparator.comparingLong(part -> part.weight));
        for (int i = 0; i < Math.min(parts, files.size()); i++) {
            smallest.add(new Part());
        }
        files.stream()
                .sorted(Comparator.comparingLong(RemoteFile::sizeBytes).reversed())
                .forEach(file -> {
                    Part part = requireNonNull(smallest.poll(), "there are files");
                    part.add(file);
                    smallest.add(part);
                });
        return smallest.stream().map(part -> part.files).toList();
    }

    /** Some of the files. */
    private static final class Part {

        /** What a file costs beside its bytes. */
        private static final long EACH = 16 << 10;

        private final List<RemoteFile> files = new ArrayList<>();
        private long weight;

        void add(RemoteFile file) {
            files.add(file);
            weight += file.sizeBytes() + EACH;
        }
    }
}
