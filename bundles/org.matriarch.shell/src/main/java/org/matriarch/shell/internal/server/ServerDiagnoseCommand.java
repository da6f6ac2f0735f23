package org.matriarch.shell.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
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
    public int run(Invocation call) {
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

    private static Object servers(Services services) {
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        Servers servers = services.servers();
        for (String name : ServerNames.known(servers)) {
            documents.add(new Json()
                    .add("name", name)
                    .add("configuration", attempt(() -> servers.describe(name)))
                    .add("problems", ProblemJson.of(servers.problems().getOrDefault(name, List.of())))
                    .add(
                            "status",
                            attempt(() -> ServerFactsJson.of(services.statuses().status(name))))
                    .add(
                            "backups",
                            attempt(() -> services.catalog().backups(name).stream()
                                    .map(BackupJson::of)
                                    .toList()))
                    .build());
        }
        return documents;
    }

    private static Object attempt(Supplier<Object> part) {
        try {
            return part.get();
        } catch (MatriarchException e) {
            return new Json()
                    .add("errorCode", "MATR-%d".formatted(e.code().number()))
                    .add("error", e.summary())
                    .add("hint", e.hint())
                    .build();
        }
    }
}
