package org.matriarch.core.schedule.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.schedule.MaintenanceReport;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration.ScheduleSettings;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

/** Rounds, those that are asked for and those that come by themselves. */
final class RoundsTest {

    private static final BackupId OLD = new BackupId("20260301T030000");
    private static final BackupId NEW = new BackupId("20260302T030000");
    private final MatriarchException disk =
            new MatriarchException(ErrorCode.STORE_FAILED, "the disk failed", "look at it.");

    private final MutableClock clock = new MutableClock(Instant.now());
    private final DirectJobs jobs = DirectJobs.threaded();
    private final Keeper keeper = new Keeper(jobs);
    private final FixedServers servers = new FixedServers(server().build());
    private final Rounds rounds = new Rounds(servers, new Round(keeper, keeper, keeper, jobs, clock));

    RoundsTest() {
        keeper.kept.add(Keeper.backup(OLD.value()));
        keeper.kept.add(Keeper.backup(NEW.value()));
    }

    @AfterEach
    void stop() {
        rounds.stop();
        jobs.close();
    }

    @Test
    void doesEverythingThatIsToBeDone() throws InterruptedException {
        keeper.rechecked.add(Keeper.backup(NEW.value()).withStatus(BackupStatus.DONE, Optional.empty()));
        keeper.broken.add(new BackupId("20260228T030000"));
        keeper.obsolete.add(OLD);
        keeper.unneeded.add(new WalFileName("000000010000000000000002"));

        MaintenanceReport report = rounds.run("main");

        assertThat(report.rechecked()).extracting(backup -> backup.id()).containsExactly(NEW);
        assertThat(report.deleted()).containsExactly(new BackupId("20260228T030000"), OLD);
        assertThat(report.deletedWal()).isEqualTo(1);
        assertThat(report.freedBytes()).isEqualTo(1000);
        assertThat(report.skipped()).isEmpty();
        assertThat(report.isEmpty()).isFalse();
        assertThat(kinds()).containsExactly("retention:apply", "backup:delete");
        assertThat(keeper.kept).extracting(backup -> backup.id()).containsExactly(NEW);
    }

    @Test
    void leavesNoTraceWhereNothingIsToBeDone() throws InterruptedException {
        assertThat(rounds.run("main").isEmpty()).isTrue();
        round();

        assertThat(jobs.jobs()).isEmpty();
        assertThat(keeper.plans()).isEqualTo(2);
    }

    @Test
    void enforcesThePolicyByItself() {
        keeper.broken.add(new BackupId("20260228T030000"));
        keeper.obsolete.add(OLD);

        round();

        assertThat(keeper.kept).extracting(backup -> backup.id()).containsExactly(NEW);
        assertThat(keeper.broken).isEmpty();
        round();
        assertThat(kinds()).containsExactly("retention:apply", "backup:delete");
    }

    @Test
    void leavesThePolicyToTheOperatorWhoWantsThat() throws InterruptedException {
        servers.put(server().schedule(new ScheduleSettings(Optional.empty(), Duration.ZERO, false))
                .build());
        keeper.obsolete.add(OLD);

        round();
        MaintenanceReport report = rounds.run("main");

        assertThat(report.isEmpty()).isTrue();
        assertThat(keeper.kept).hasSize(2);
    }

    @Test
    void passesOverWhatIsNotActive() throws InterruptedException {
        servers.put(server().active(false).build());
        keeper.obsolete.add(OLD);

        round();
        round();

        assertThat(rounds.run("main")).isEqualTo(MaintenanceReport.skipped("main", "it is not active"));
        assertThat(rounds.trouble("main").orElseThrow().hint()).isEmpty();
        assertThat(jobs.jobs()).isEmpty();
        servers.put(server().build());
        rounds.forget("main");
        round();
        assertThat(kinds()).containsExactly("retention:apply");
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", ""})
    void deletesNothingWhileAConfigurationIsRefused(String name) {
        servers.refuse(
                name, new ConfigurationProblem("org.matriarch.cfg", "retention_policy", "NONE", "is not allowed"));
        keeper.obsolete.add(OLD);

        round();

        assertThat(jobs.jobs()).isEmpty();
        String reason = "its configuration is refused: retention_policy in 'org.matriarch.cfg' is not allowed";
        assertThat(rounds.trouble("main").orElseThrow().reason()).isEqualTo(reason);
        assertThatThrownBy(() -> rounds.run("main"))
                .hasMessage("MATR-1001: unable to maintain server 'main': " + reason
                        + "\nHINT: correct 'etc/org.matriarch.cfg'; it is read again as soon as it is saved.");
        servers.acceptAll();
        round();
        assertThat(rounds.trouble("main")).isEmpty();
        assertThat(kinds()).containsExactly("retention:apply");
    }

    @Test
    void namesTheFileThatIsRefusedAsAWhole() {
        servers.refuse("main", new ConfigurationProblem("org.matriarch.server-main.cfg", "", "main", "is there twice"));

        round();

        assertThat(rounds.trouble("main").orElseThrow().reason())
                .isEqualTo("its configuration is refused: 'main' in 'org.matriarch.server-main.cfg' is there twice");
    }

    @Test
    void triesLessAndLessOftenWhatFails() {
        keeper.obsolete.add(OLD);
        keeper.work = context -> {
            throw disk;
        };

        for (int minute = 0; minute < 8 * 60; minute++) {
            round();
        }

        assertThat(jobs.jobs()).hasSizeBetween(10, 15);
        assertThat(rounds.trouble("main").orElseThrow().reason())
                .endsWith("(retention:apply) ended FAILED: the disk failed");
        keeper.work = context -> {};
        for (int minute = 0; minute < 60; minute++) {
            round();
        }
        assertThat(rounds.trouble("main")).isEmpty();
        assertThat(keeper.kept).hasSize(1);
    }

    @Test
    void triesAgainAtOnceWhenAskedOrConfiguredAnew() throws InterruptedException {
        keeper.obsolete.add(OLD);
        keeper.work = context -> {
            throw disk;
        };
        round();
        round();
        round();
        assertThat(jobs.jobs()).hasSize(2);

        assertThatThrownBy(() -> rounds.run("main")).hasMessageContaining("the disk failed");
        rounds.forget("main");
        round();

        assertThat(jobs.jobs()).hasSize(4);
        keeper.work = context -> {};
        assertThat(rounds.run("main").deleted()).containsExactly(OLD);
        assertThat(rounds.trouble("main")).isEmpty();
    }

    @Test
    void looksEachMinuteWhetherAStoreIsBack() {
        keeper.beforePlan = () -> {
            throw new MatriarchException(ErrorCode.STORE_MISSING, "the store is away", "bring it back.");
        };
        for (int minute = 0; minute < 10; minute++) {
            round();
        }

        assertThat(keeper.plans()).isEqualTo(10);
        assertThat(rounds.trouble("main").orElseThrow().reason()).isEqualTo("the store is away");
    }

    @Test
    void leavesOthersAloneWhoDelete() {
        keeper.obsolete.add(OLD);
        keeper.beforePlan = () -> {
            throw new MatriarchException(ErrorCode.JOB_CONFLICT, "job 1 is running", "wait.");
        };

        round();

        assertThat(rounds.trouble("main")).isEmpty();
    }

    @Test
    void leavesAServerToTheContainerInCharge() throws InterruptedException {
        keeper.obsolete.add(OLD);
        keeper.refusal = Optional.of(new MatriarchException(ErrorCode.REPOSITORY_TAKEN, "db2 has it", "ask there."));
        round();
        assertThat(rounds.trouble("main")).isEmpty();
        assertThat(jobs.jobs()).isEmpty();
        assertThatThrownBy(() -> rounds.run("main")).hasMessageContaining("db2 has it");
        assertThat(answer("main")).isEqualTo(Charges.Answer.OTHERS);
        assertThat(answer("nobody")).isEqualTo(Charges.Answer.OTHERS);

        keeper.refusal = Optional.of(new MatriarchException(ErrorCode.STORE_MISSING, "it is away", "bring it."));
        assertThat(answer("main")).isEqualTo(Charges.Answer.OURS);
        keeper.refusal = Optional.empty();
        assertThat(answer("main")).isEqualTo(Charges.Answer.OURS);
        round();
        assertThat(kinds()).containsExactly("retention:apply");
    }

    private Charges.Answer answer(String name) {
        return await().until(() -> rounds.charges().ask(name), answer -> answer != Charges.Answer.UNKNOWN);
    }

    @Test
    void survivesWhatNobodyExpected() {
        keeper.beforePlan = () -> {
            throw new IllegalStateException("a fault");
        };
        round();
        keeper.beforePlan = () -> {};
        keeper.obsolete.add(OLD);

        round();

        assertThat(keeper.kept).hasSize(1);
    }

    @Test
    void restsForAnHourAfterSomebodyCancelled() {
        keeper.obsolete.add(OLD);
        keeper.broken.add(new BackupId("20260228T030000"));
        keeper.work = context -> new CountDownLatch(1).await();
        var first = rounds.begin("main");
        await().until(() -> !jobs.jobs().isEmpty());
        jobs.cancel(jobs.jobs().get(0).id());
        first.join();
        assertThat(jobs.jobs().get(0).state()).isEqualTo(JobState.CANCELLED);
        rounds.forget("main");
        keeper.work = context -> {};

        round();
        rounds.forget("main");
        assertThat(jobs.jobs()).hasSize(1);
        clock.advance(Duration.ofMinutes(61));
        round();

        assertThat(kinds()).containsExactly("retention:apply", "backup:delete");
        assertThat(keeper.broken).hasSize(1); // the operator said no to this one
    }

    @Test
    void neverDoesTwoOfAServerAtOnce() throws InterruptedException {
        var gate = new CountDownLatch(1);
        keeper.obsolete.add(OLD);
        keeper.work = context -> gate.await();
        var first = rounds.begin("main");
        await().until(() -> !jobs.jobs().isEmpty());
        assertThat(rounds.begin("main")).isCompleted();
        assertThat(first).isNotCompleted();
        var asked = new Thread(() -> assertThat(runUnchecked().isEmpty()).isTrue());
        asked.start();
        await().until(() -> asked.getState() == Thread.State.WAITING);
        assertThat(keeper.plans()).isEqualTo(1);

        gate.countDown();
        first.join();
        asked.join();

        assertThat(keeper.plans()).isEqualTo(2);
        assertThat(jobs.jobs()).hasSize(1);
    }

    @Test
    void delaysNobodyElse() {
        servers.put(new ServerBuilder("other", Path.of("/srv/matriarch")).build());
        var gate = new CountDownLatch(1);
        keeper.beforePlan = () -> awaitUninterruptibly(gate);
        var hanging = rounds.begin("main");
        await().until(() -> keeper.plans() == 1);
        keeper.beforePlan = () -> {};

        rounds.begin("other").join();

        assertThat(keeper.plans()).isEqualTo(2);
        assertThat(hanging).isNotCompleted();
        gate.countDown();
        hanging.join();
    }

    @Test
    void forgetsAServerThatHasGone() {
        servers.put(server().active(false).build());
        round();
        servers.remove("main");

        round();

        assertThat(rounds.trouble("main")).isEmpty();
        assertThatThrownBy(() -> rounds.run("main")).hasMessageContaining("main");
    }

    @Test
    void namesOnlyWhatIsReallyGone() throws InterruptedException {
        keeper.obsolete.add(OLD);
        keeper.work = context -> keeper.kept.add(0, Keeper.backup("20260101T030000"));

        assertThat(rounds.run("main").deleted()).isEqualTo(List.of(OLD));
    }

    /** One round that comes by itself, to its end. */
    private void round() {
        int before = keeper.plans();
        rounds.begin("main").join();
        assertThat(keeper.plans()).isBetween(before, before + 1);
    }

    private MaintenanceReport runUnchecked() {
        try {
            return rounds.run("main");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> kinds() {
        return jobs.jobs().stream().map(Job::kind).toList();
    }

    private static void awaitUninterruptibly(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerBuilder server() {
        return new ServerBuilder("main", Path.of("/srv/matriarch"));
    }
}
