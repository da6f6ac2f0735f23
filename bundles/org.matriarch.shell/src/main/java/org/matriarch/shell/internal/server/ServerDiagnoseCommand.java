package org.matriarch.shell.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.backup.BackupJson;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.Services;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.job.JobJson;
import org.matriarch.shell.internal.output.Json;

/** Gathers what a bug report needs. What cannot be had is replaced by its error: that is worth knowing too. */
final class ServerDiagnoseCommand implements ShellCommand {

    private static final int JOBS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** The checks end by themselves; an operator who lets them take longer gets them from server:check. */
    private static final Duration PATIENCE_WITH_CHECKS = Duration.ofMinutes(1);

    private static final List<String> PROPERTIES = List.of(
            "java.version", "java.vm.name", "os.name", "os.version", "os.arch", "karaf.version", "file.encoding");

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("server:diagnose", "Prints one JSON document for a bug report, with secrets masked.")
                .role(Role.VIEWER)
                .example("server:diagnose")
                .build();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Services services = call.services();
        var system = new Json();
        PROPERTIES.forEach(name -> system.add(name, System.getProperty(name, "")));
        Json.print(
                call.console(),
                new Json()
                        .add("time", Instant.now())
                        .add("zone", ZoneId.systemDefault())
                        .add("version", version())
                        .add("system", system.build())
                        .add("runtime", runtime())
                        .add("servers", attempt(() -> servers(services)))
                        .add(
                                "globalProblems",
                                attempt(() -> ProblemJson.of(
                                        services.servers().problems().getOrDefault("", List.of()))))
                        .add("plugins", attempt(() -> PluginListCommand.documents(services.plugins())))
                        .add(
                                "jobs",
                                attempt(() -> services.jobs().jobs().stream()
                                        .limit(JOBS)
                                        .map(JobJson::of)
                                        .toList()))
                        .build());
        return 0;
    }

    private static Object runtime() {
        Runtime runtime = Runtime.getRuntime();
        return new Json()
                .add(
                        "startedAt",
                        Instant.ofEpochMilli(
                                ManagementFactory.getRuntimeMXBean().getStartTime()))
                .add("processors", runtime.availableProcessors())
                .add("heapUsedBytes", runtime.totalMemory() - runtime.freeMemory())
                .add("heapMaximumBytes", runtime.maxMemory())
                .add("threads", ManagementFactory.getThreadMXBean().getThreadCount())
                .build();
    }

    /** Returns the version of this bundle; its manifest is the one thing that has it both in a container and out of it. */
    private static String version() {
        try (InputStream stream = ServerDiagnoseCommand.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
            String version = stream == null
                    ? null
                    : new Manifest(stream).getMainAttributes().getValue("Bundle-Version");
            return version == null ? "unknown" : version;
        } catch (IOException e) {
            throw new UncheckedIOException("unable to read the manifest of the bundle", e);
        }
    }

    private static Object servers(Services services) throws InterruptedException {
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        Servers servers = services.servers();
        for (String name : ServerNames.known(servers)) {
            var status = BoundedQuestion.<Object>ask(
                    () -> ServerFactsJson.of(services.statuses().status(name)));
            var checks = BoundedQuestion.<Object>ask(
                    () -> ServerCheckCommand.documents(services.checks().check(name)));
            var backups = BoundedQuestion.<Object>ask(() -> services.catalog().backups(name).stream()
                    .map(BackupJson::of)
                    .toList());
            documents.add(new Json()
                    .add("name", name)
                    .add("configuration", attempt(() -> servers.describe(name)))
                    .add("problems", ProblemJson.of(servers.problems().getOrDefault(name, List.of())))
                    .add("status", answer(status, PATIENCE))
                    .add("checks", answer(checks, PATIENCE_WITH_CHECKS))
                    .add("backups", answer(backups, PATIENCE))
                    .build());
        }
        return documents;
    }

    private static Object attempt(Callable<Object> part) throws InterruptedException {
        return answer(BoundedQuestion.ask(part), PATIENCE);
    }

    private static Object answer(BoundedQuestion<Object> question, Duration patience) throws InterruptedException {
        try {
            return question.await(patience);
        } catch (TimeoutException e) {
            return error(new MatriarchException(
                    ErrorCode.INTERNAL,
                    "no answer within %d s".formatted(patience.toSeconds()),
                    "see whether the disk of the repository answers.",
                    e));
        } catch (ExecutionException e) {
            return error(
                    e.getCause() instanceof MatriarchException known
                            ? known
                            : new MatriarchException(
                                    ErrorCode.INTERNAL,
                                    String.valueOf(e.getCause()),
                                    "report it with the container's log.",
                                    e));
        }
    }

    private static Object error(MatriarchException e) {
        return new Json()
                .add("errorCode", "MATR-%d".formatted(e.code().number()))
                .add("error", e.summary())
                .add("hint", e.hint())
                .build();
    }
}
