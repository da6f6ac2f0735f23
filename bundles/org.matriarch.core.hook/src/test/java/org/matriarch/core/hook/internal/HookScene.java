package org.matriarch.core.hook.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

/** A server with hooks, a runner for them, and time that passes as a test wants. */
class HookScene {

    static final HookSubject WAL = new HookSubject.OfWal(
            new WalFileName("000000010000000000000001"),
            Optional.of(Path.of("/srv/in coming/000000010000000000000001")),
            16L << 20,
            Instant.parse("2026-11-21T10:00:00.125Z"),
            Optional.of("gzip"));

    /** What happens during a pause. */
    interface Happening {
        void happen() throws InterruptedException;
    }

    final FixedServers servers = new FixedServers();
    final DirectJobs jobs = DirectJobs.threaded();
    final HookRunners runners = new HookRunners();
    final ScriptedRunner runner = new ScriptedRunner();
    final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    /** What shows a hook that takes long; run by a test that wants time to have passed. */
    final List<Runnable> later = Collections.synchronizedList(new ArrayList<>());

    Happening meanwhile = () -> {};

    final ConfiguredHooks hooks = new ConfiguredHooks(
            servers,
            jobs,
            runners,
            new HookEnvironment(Path.of("/etc/org.matriarch.cfg")),
            duration -> {
                pauses.add(duration);
                meanwhile.happen();
            },
            later::add);

    @BeforeEach
    void install() {
        runners.addRunner(runner);
    }

    @AfterEach
    void endJobs() {
        jobs.close();
    }

    /** Configures the server with hooks: option, command, option, command. */
    ServerConfiguration server(String... hooksAndCommands) {
        var builder = new ServerBuilder("main", Path.of("/srv"));
        for (int i = 0; i < hooksAndCommands.length; i += 2) {
            builder.hook(hooksAndCommands[i], hooksAndCommands[i + 1]);
        }
        servers.put(builder.build());
        return builder.build();
    }
}
