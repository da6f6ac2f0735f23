package org.matriarch.transport.rsync.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.matriarch.spi.transport.TransportException;

/**
 * The program rsync, pulling from one host. Thread-safe.
 *
 * <p>What is asked for is always the top of the host's file system, and what of it, a list that is sent to the other side:
 * so no shell and no pattern ever sees the name of a file. Source: rsync(1), "--files-from" and "--relative".
 */
final class Rsync {

    /** Remote arguments are sent as they are, even where rsync is too old to do so by itself. */
    private static final List<String> ALWAYS = List.of("--protect-args", "--from0", "--files-from=-", "--outbuf=L");

    private static final List<String> COPY = List.of(
            "--copy-links",
            "--perms",
            "--times",
            "--ignore-times",
            "--whole-file",
            "--relative",
            "--no-implied-dirs",
            "--ignore-missing-args",
            "--out-format=%n");

    private final RsyncHost host;
    private final Programs programs;

    Rsync(RsyncHost host, Programs programs) {
        this.host = host;
        this.programs = programs;
    }

    /** Returns the name of the host. */
    String host() {
        return host.name();
    }

    /** Connects and looks at nothing but the top of the file system. */
    void requireHost() throws IOException {
        RsyncVersion.requireHere(programs);
        Ended ended = run(List.of("--list-only", "--dirs"), List.of("."), "/", line -> {});
        if (!ended.good() && ended.code() != Ended.PARTIAL) { // what cannot be seen there is not ours
            throw Failures.of(host.name(), ended);
        }
    }

    /**
     * Lists files.
     *
     * @param options how deep, and whether links are followed
     * @param names as in {@link RemoteFile#source}
     * @throws TransportException if something that is there could not be listed
     */
    List<Listed> list(List<String> options, Collection<String> names) throws IOException {
        var arguments = new ArrayList<>(options);
        arguments.add("--list-only");
        var found = new ArrayList<Listed>();
        Ended ended = run(arguments, names, "/", line -> found.add(Listed.parse(host.name(), line)));
        if (!ended.good()) {
            throw Failures.of(host.name(), ended);
        }
        return found;
    }

    /**
     * Copies files; what has vanished is left out, and directories are made.
     *
     * @param target each file appears here in one moment, whole
     * @param maxRateKib 0 for no limit
     * @param began told the path here of each file when its turn has come
     */
    Ended copy(Collection<String> names, Path target, int maxRateKib, Programs.Lines began) throws IOException {
        var arguments = new ArrayList<>(COPY);
        if (maxRateKib > 0) {
            arguments.add("--bwlimit=" + maxRateKib);
        }
        if (host.compress()) {
            arguments.add("--compress");
        }
        return run(arguments, names, target + "/", line -> began.take(Listed.decoded(line)));
    }

    private Ended run(List<String> options, Collection<String> names, String target, Programs.Lines lines)
            throws IOException {
        var command = new ArrayList<>(List.of(RsyncVersion.PROGRAM, "--rsh=" + host.remoteShell()));
        command.addAll(ALWAYS);
        command.addAll(options);
        command.add(host.root());
        command.add(target);
        return programs.run(command, names, lines);
    }
}
