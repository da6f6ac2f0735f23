package org.matriarch.transport.rsync.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.TransportException;

/** Looks whether a host is ready for rsync, one thing after the other; what follows from an earlier failure is left out. */
final class HostCheck {

    /** Whoever can read this can read the rest: the server makes all files alike. */
    private static final String CONTROL_FILE = "global/pg_control";

    private final CopyHost configured;
    private final CopySource source;
    private final List<CheckResult> results = new ArrayList<>();

    HostCheck(CopyHost configured, CopySource source) {
        this.configured = configured;
        this.source = source;
    }

    List<CheckResult> results() throws InterruptedException {
        try (var programs = new Programs();
                var tasks = new Tasks(1, programs::close)) {
            tasks.one(() -> {
                checkAll(programs);
                return results;
            });
        } catch (IOException e) {
            add("rsync", Outcome.FAILED, String.valueOf(e.getMessage()), "look into the container's log.");
        }
        return List.copyOf(results);
    }

    private void checkAll(Programs programs) {
        boolean ready = check("ssh", () -> {
                    RsyncHost host = RsyncHost.of(configured);
                    List<String> printed = remote(programs, host, "true");
                    if (!printed.isEmpty()) {
                        throw Failures.uncleanOutput(host.name(), text(printed.get(0)));
                    }
                    return host.name();
                })
                && check("rsync", () -> versions(programs, RsyncHost.of(configured)));
        if (ready && !source.areas().isEmpty()) {
            check("data directory readable", () -> {
                read(new Rsync(RsyncHost.of(configured), programs));
                return source.areas().get(0).directory();
            });
        }
    }

    private static List<String> remote(Programs programs, RsyncHost host, String command) throws IOException {
        var lines = new ArrayList<String>();
        Ended ended = programs.run(host.command(command), List.of(), lines::add);
        if (ended.code() != 0) {
            throw Failures.of(host.name(), ended);
        }
        return lines;
    }

    private static String versions(Programs programs, RsyncHost host) throws IOException {
        RsyncVersion here = RsyncVersion.requireHere(programs);
        RsyncVersion there = RsyncVersion.of(remote(programs, host, "rsync --version"))
                .orElseThrow(() -> Failures.unusableThere(host.name(), "unknown"));
        if (!there.suffices()) {
            throw Failures.unusableThere(host.name(), there.text());
        }
        new Rsync(host, programs).requireHost();
        return "%s here, %s there".formatted(here.text(), there.text());
    }

    /** Copies the smallest file that proves something, and lists the tablespaces. */
    private void read(Rsync rsync) throws IOException {
        Area data = source.areas().get(0);
        for (Area area : source.areas()) {
            rsync.list(List.of("--dirs"), List.of(area.directory() + "/./"));
        }
        Path scratch = Files.createTempDirectory("matriarch-rsync");
        Path copy = scratch.resolve(CONTROL_FILE);
        try {
            Ended ended = rsync.copy(List.of(data.directory() + "/./" + CONTROL_FILE), scratch, 0, name -> {});
            if (!ended.good()) {
                throw Failures.of(rsync.host(), ended);
            }
            if (!Files.exists(copy)) {
                throw Failures.noDataDirectory(rsync.host(), data.directory());
            }
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(scratch.resolve("global"));
            Files.deleteIfExists(scratch);
        }
    }

    private boolean check(String name, Look look) {
        try {
            add(name, Outcome.OK, look.look(), "");
            return true;
        } catch (TransportException e) {
            String hint = e.getCause() instanceof MatriarchException cause ? cause.hint() : "";
            add(name, Outcome.FAILED, String.valueOf(e.getMessage()), hint);
        } catch (IOException e) {
            add(name, Outcome.FAILED, String.valueOf(e.getMessage()), "look into the container's log.");
        }
        return false;
    }

    private void add(String name, Outcome outcome, String detail, String hint) {
        results.add(new CheckResult(name, outcome, detail, hint));
    }

    private static String text(String bytes) {
        return new String(bytes.getBytes(ISO_8859_1), UTF_8);
    }

    /** Looks at one thing and returns what was found. */
    private interface Look {
        String look() throws IOException;
    }
}
