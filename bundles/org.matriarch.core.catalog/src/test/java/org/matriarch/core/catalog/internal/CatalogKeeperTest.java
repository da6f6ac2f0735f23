package org.matriarch.core.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.BegunDeletion;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

final class CatalogKeeperTest {

    private static final long ROUND_MILLIS = 100;

    private final InMemoryRepository repository = new InMemoryRepository("main");
    private final Rechecks rechecks = new Rechecks();
    private final FixedServers servers = new FixedServers(new ServerBuilder("main", Path.of("/srv/matriarch")).build());
    private final CatalogService catalog = new CatalogService(
            servers,
            repository,
            DirectJobs.inline(),
            new CatalogService.Reports(
                    new RecordingEvents(), new RecordingHooks(), Fixtures.RECORDED, Clock.systemUTC()),
            rechecks);
    private CatalogKeeper keeper;

    @BeforeEach
    void leaveThingsBehind() {
        repository.add(Fixtures.backup(1, BackupStatus.STARTED));
        repository.add(Fixtures.backup(2, BackupStatus.FAILED)
                .withStatus(BackupStatus.FAILED, Optional.of(BegunDeletion.OPERATOR.text())));
        repository.add(Fixtures.backup(3, BackupStatus.WAITING_FOR_WALS, 1, 1, 1));
    }

    @AfterEach
    void stop() {
        keeper.stop();
    }

    @Test
    void resolvesEverythingAtStart() {
        keeper = new CatalogKeeper(servers, catalog, rechecks, 60_000);

        await().until(() -> repository.findBackup(Fixtures.id(2)).isEmpty());
        assertThat(repository.findBackup(Fixtures.id(1)).orElseThrow().status()).isEqualTo(BackupStatus.FAILED);
        await().until(() -> repository.wal().isPrepared());
    }

    @Test
    void finishesADeletionThatBarmanBegan() {
        repository.add(Fixtures.backup(4, BackupStatus.FAILED)
                .withStatus(BackupStatus.FAILED, Optional.of(BegunDeletion.UNKNOWN.text())));
        keeper = new CatalogKeeper(servers, catalog, rechecks, 60_000);

        await().until(() -> repository.findBackup(Fixtures.id(4)).isEmpty());
        assertThat(repository.findBackup(Fixtures.id(3))).isPresent();
    }

    @Test
    void looksAtOnceWhenTheWalComes() {
        keeper = new CatalogKeeper(servers, catalog, rechecks, 60_000);
        await().until(() -> repository.findBackup(Fixtures.id(2)).isEmpty());
        repository.wal().add(Fixtures.segment(1, 1));

        rechecks.onEvent(new Event(Instant.EPOCH, Event.Type.WAL_ARCHIVED, "main", "", ""));

        await().until(() -> status(3) == BackupStatus.DONE);
    }

    @Test
    void goesOnAfterFailures() {
        repository.faults().arm("repository", new IllegalStateException("a mistake"));
        keeper = new CatalogKeeper(servers, catalog, rechecks, ROUND_MILLIS);
        await().until(() -> status(1) == BackupStatus.FAILED);

        for (ErrorCode code : new ErrorCode[] {ErrorCode.STORE_MISSING, ErrorCode.STORE_FAILED}) {
            repository.add(Fixtures.backup(1, BackupStatus.STARTED));
            repository.faults().arm("repository", new MatriarchException(code, "gone", "look."));
            await().until(() -> status(1) == BackupStatus.FAILED);
        }
        servers.put(new ServerBuilder("other", Path.of("/srv/matriarch")).build());
        repository.wal().add(Fixtures.segment(1, 1));
        await().until(() -> status(3) == BackupStatus.DONE);
    }

    private BackupStatus status(int day) {
        return repository.findBackup(Fixtures.id(day)).orElseThrow().status();
    }
}
