package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

/** A server to be backed up and all that takes part; a test extends it and changes what it is about. */
class BackupScene {

    final InMemoryRepository repository = new InMemoryRepository("main");
    final StubCatalog catalog = new StubCatalog(repository);
    final Scripted postgres = new Scripted();
    final FakeTransport transport = new FakeTransport();
    final BackupPlugins plugins = new BackupPlugins(repository);
    final RecordingEvents events = new RecordingEvents();
    final RecordingHooks hooks = new RecordingHooks();
    final DirectJobs jobs = DirectJobs.inline();
    final MutableClock clock = new MutableClock(Instant.parse("2026-11-20T12:00:00Z"));
    final FixedServers servers = new FixedServers(new ServerBuilder("main", Path.of("/srv/matriarch")).build());
    final List<Duration> pauses = new ArrayList<>();
    final KnownWal wal = new KnownWal();
    final BackupWal backupWal = new BackupWal(postgres, wal);
    final CurrentServices services = new CurrentServices(
            new BackupServices(plugins, postgres, backupWal, catalog, events, hooks, clock, duration -> {
                pauses.add(duration);
                clock.advance(duration);
            }));
    final BackupService backups = new BackupService(servers, jobs, services);

    @BeforeEach
    void install() {
        plugins.addTransport(transport);
    }

    static void assertFailed(Job job, int code, String error) {
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error()).contains(error);
        assertThat(job.errorCode()).contains(code);
    }

    static BackupOptions options(Optional<String> name, int retries, boolean wait) {
        return new BackupOptions(
                name,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.of(retries),
                Optional.of(Duration.ofSeconds(7)),
                wait,
                Optional.of(Duration.ofMinutes(1)));
    }
}
