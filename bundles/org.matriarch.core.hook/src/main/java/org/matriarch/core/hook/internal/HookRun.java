package org.matriarch.core.hook.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookPhase;
import org.matriarch.spi.hook.HookException;
import org.matriarch.spi.hook.HookRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One hook, run once, or again and again until it says how it goes on. */
final class HookRun {

    private static final Logger LOG = LoggerFactory.getLogger(HookRun.class);

    private static final int SUCCESS = 0;
    private static final int ABORT_CONTINUE = 62;
    private static final int ABORT_STOP = 63;

    /** Source of the times: Barman 3.17, "Hook Scripts". */
    private static final Duration SHORT_BREAK = Duration.ofSeconds(3);

    private static final Duration LONG_BREAK = Duration.ofSeconds(60);
    private static final int FAILURES_BEFORE_LONG_BREAK = 5;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Hook hook;
    private final String server;
    private final Supplier<Optional<String>> command;
    private final Supplier<Map<String, String>> environment;
    private final HookRunners runners;
    private final Pause pause;
    private final HookJob job;

    /** How a hook ended, as far as the work is concerned. */
    enum End {
        /** The work goes on. */
        GO_ON,
        /** It said that the work is to stop. */
        STOP,
        /** Somebody ended it. */
        CANCELLED
    }

    /**
     * What a hook runs with.
     *
     * @param command asked before each try; empty if the hook is not set
     */
    record Setting(
            String server,
            Supplier<Optional<String>> command,
            Supplier<Map<String, String>> environment,
            HookRunners runners,
            Pause pause) {}

    HookRun(Hook hook, Setting setting, HookJob job) {
        this.hook = hook;
        this.server = setting.server();
        this.command = setting.command();
        this.environment = setting.environment();
        this.runners = setting.runners();
        this.pause = setting.pause();
        this.job = job;
    }

    /**
     * Runs the hook to its end.
     *
     * @param patience how long to wait for a runner that is away
     * @throws MatriarchException {@code PLUGIN_MISSING}
     */
    End carryOut(Duration patience) throws InterruptedException {
        try {
            return hook.retry() ? untilItEnds(patience) : once(patience);
        } catch (InterruptedException e) {
            if (!job.isCancelled()) {
                throw e;
            }
            LOG.warn("{} of server '{}' was cancelled", hook, server);
            return End.CANCELLED;
        }
    }

    private End once(Duration patience) throws InterruptedException {
        if (hook.phase() == HookPhase.PRE) {
            awaitRunner(patience); // even if this hook is not set, for those that are to run after the work
        }
        Optional<String> line = command.get();
        if (line.isPresent()) {
            OptionalInt code = attempt(line.get(), patience);
            if (code.isPresent() && code.getAsInt() != SUCCESS) {
                LOG.warn("{} of server '{}' ended with exit code {}", hook, server, code.getAsInt());
            }
        }
        return End.GO_ON;
    }

    private End untilItEnds(Duration patience) throws InterruptedException {
        for (int failures = 1; ; failures++) {
            Optional<String> line = command.get();
            if (line.isEmpty()) {
                return End.GO_ON; // nobody wants it any more
            }
            OptionalInt code = attempt(line.get(), patience);
            switch (code.orElse(-1)) {
                case SUCCESS -> {
                    return End.GO_ON;
                }
                case ABORT_CONTINUE -> {
                    LOG.warn("{} of server '{}' gave up (exit code 62), the work goes on", hook, server);
                    return End.GO_ON;
                }
                case ABORT_STOP -> {
                    LOG.warn("{} of server '{}' said stop (exit code 63)", hook, server);
                    return End.STOP;
                }
                default -> rest(failures, code);
            }
        }
    }

    private void rest(int failures, OptionalInt code) throws InterruptedException {
        Duration rest = failures % FAILURES_BEFORE_LONG_BREAK == 0 ? LONG_BREAK : SHORT_BREAK;
        String how = code.isPresent() ? "with exit code " + code.getAsInt() : "unable to run";
        String step = "failed %d times, last %s; tried again after %d s".formatted(failures, how, rest.toSeconds());
        LOG.warn("{} of server '{}' {}", hook, server, step);
        job.say(step, true);
        job.show();
        pause.pause(rest);
    }

    /** Runs the command once; returns nothing if it could not be run. */
    private OptionalInt attempt(String line, Duration patience) throws InterruptedException {
        HookRunner runner = awaitRunner(patience);
        job.say("running", false);
        LOG.debug("{} of server '{}' runs: {}", hook, server, line);
        try {
            return OptionalInt.of(runner.run(
                    line, environment.get(), text -> LOG.info("{} of server '{}' says: {}", hook, server, text)));
        } catch (HookException e) {
            LOG.warn("{} of server '{}' could not be run: {}", hook, server, e.getMessage());
            return OptionalInt.empty();
        } catch (RuntimeException | LinkageError e) {
            MatriarchException failure = PluginFailures.of(
                    runner,
                    "hook runner '%s'".formatted(HookRunners.SCRIPTS),
                    "run %s of server '%s'".formatted(hook, server),
                    e);
            LOG.warn("{}", failure.summary(), e);
            return OptionalInt.empty();
        }
    }

    private HookRunner awaitRunner(Duration patience) throws InterruptedException {
        long looks = patience.dividedBy(LOOK_AGAIN);
        Optional<HookRunner> runner = runners.findScripts();
        for (long i = 0; runner.isEmpty() && i < looks; i++) {
            job.say("waiting for hook runner '%s'".formatted(HookRunners.SCRIPTS), true);
            job.show();
            pause.pause(LOOK_AGAIN);
            runner = runners.findScripts();
        }
        return runner.orElseThrow(() -> new MatriarchException(
                ErrorCode.PLUGIN_MISSING,
                "unable to run the %s scripts of server '%s': hook runner '%s' is not installed"
                        .formatted(hook.event().word(), server, HookRunners.SCRIPTS),
                "install it with 'feature:install matriarch-hook-%s', or take the scripts out of the configuration."
                        .formatted(HookRunners.SCRIPTS)));
    }
}
