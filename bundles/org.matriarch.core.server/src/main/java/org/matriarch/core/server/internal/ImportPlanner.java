package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.BarmanImport.Request;
import org.matriarch.api.server.BarmanImportReport;
import org.matriarch.api.server.BarmanImportReport.Option;
import org.matriarch.api.server.BarmanImportReport.Outcome;
import org.matriarch.api.server.ConfigurationProblem;

/** Plans an import: reads Barman's files and ours, writes nothing. */
final class ImportPlanner {

    private final Request request;
    private final ConfigurationFiles ours;
    private final BarmanFiles files;
    private final List<String> names;
    private final Set<String> others;
    private final List<ConfigurationProblem> problems = new ArrayList<>();

    private ImportPlanner(Request request, ConfigurationFiles ours) {
        this.request = request;
        this.ours = ours;
        this.files = BarmanFiles.read(request.configuration());
        this.names = selected();
        this.others = new TreeSet<>(ours.servers().keySet());
        others.removeAll(names);
    }

    static ImportPlan plan(Request request, ConfigurationFiles ours) {
        return new ImportPlanner(request, ours).plan();
    }

    private ImportPlan plan() {
        ImportedGlobals globals = ImportedGlobals.of(files);
        List<ImportedServer> servers = servers(globals);
        Map<String, String> global = global(globals);
        Map<String, Map<String, String>> own = own(servers, globals);
        problems.addAll(Judgement.ofGlobal(new ConfigurationText(ConfiguredServers.GLOBAL_FILE, "", global)));
        own.forEach((name, texts) -> {
            var text = new ConfigurationText(ImportedServer.file(name), "", texts);
            problems.addAll(Judgement.ofServer(name, text, global));
        });
        var changes = new ImportedFiles(request, ours);
        changes.global(global);
        servers.forEach(server -> changes.compressor(files, server.name(), compression(server, own, global)));
        own.forEach(changes::server);
        problems.addAll(changes.problems());
        return new ImportPlan(
                new BarmanImportReport(files.main(), names, options(globals, servers), changes.shown(), distinct()),
                changes.targets(),
                global);
    }

    private List<ConfigurationProblem> distinct() {
        return List.copyOf(new LinkedHashSet<>(problems));
    }

    private List<String> selected() {
        List<String> all = files.servers();
        for (String name : new TreeSet<>(request.servers())) {
            if (!all.contains(name)) {
                throw new MatriarchException(
                        ErrorCode.SERVER_UNKNOWN,
                        "'%s' has no server '%s'".formatted(files.main(), name),
                        all.isEmpty()
                                ? "it has none at all."
                                : "the nearest name is '%s'.".formatted(Options.nearest(name, all)));
            }
        }
        return request.servers().isEmpty()
                ? all
                : all.stream().filter(request.servers()::contains).toList();
    }

    private List<ImportedServer> servers(ImportedGlobals globals) {
        if (names.isEmpty()) {
            problems.add(new ConfigurationProblem(
                    files.main().toString(), "", "", "it has no server; name Barman's main file"));
        }
        var servers = new ArrayList<ImportedServer>();
        for (String name : names) {
            ImportedServer server =
                    ImportedServer.of(files, name, globals, ours.global().keySet());
            servers.add(server);
            problems.addAll(server.problems());
            globals.faults().forEach((key, fault) -> {
                if (!files.own(name).containsKey(key)) {
                    problems.add(new ConfigurationProblem(
                            ImportedServer.file(name), key, Secrets.mask(files.effective(name, key)), fault));
                }
            });
        }
        return servers;
    }

    /** Returns what the global file is to say. Where there are other servers, it says nothing new for them. */
    private Map<String, String> global(ImportedGlobals globals) {
        var global = new TreeMap<>(ours.global());
        home(global);
        globals.said().forEach((key, text) -> {
            if (!others.isEmpty() && !Options.isGlobal(key)) {
                return;
            }
            String there = global.getOrDefault(key, "");
            if (there.isEmpty()) {
                if (globals.texts().containsKey(key)) {
                    global.put(key, text);
                }
            } else if (!Options.find(key)
                    .map(option -> BarmanTranslation.same(option, text, there))
                    .orElse(true)) {
                problems.add(contradiction(key, there, "but Barman says '%s'".formatted(Secrets.mask(text))));
            }
        });
        return global;
    }

    private void home(Map<String, String> global) {
        ImportedHome home = ImportedHome.of(files, names);
        problems.addAll(home.problems());
        String key = Options.MATRIARCH_HOME.name();
        String there = global.getOrDefault(key, "");
        Path now = Options.MATRIARCH_HOME.parse(there).orElse(ours.defaultHome());
        if (now.equals(home.path()) || names.isEmpty()) {
            return;
        }
        if (!others.isEmpty()) {
            problems.add(contradiction(
                    key,
                    now.toString(),
                    "and %s there, but Barman's servers lie in '%s': bring all into one directory"
                            .formatted(live(others), home.path())));
        } else if (there.isEmpty()) {
            global.put(key, home.path().toString());
        } else {
            problems.add(contradiction(key, there, "but Barman's servers lie in '%s'".formatted(home.path())));
        }
    }

    private static String live(Set<String> servers) {
        return "server%s %s %s"
                .formatted(
                        servers.size() == 1 ? "" : "s",
                        servers.stream().map("'%s'"::formatted).collect(Collectors.joining(", ")),
                        servers.size() == 1 ? "lives" : "live");
    }

    private static ConfigurationProblem contradiction(String key, String there, String but) {
        return new ConfigurationProblem(
                ConfiguredServers.GLOBAL_FILE, key, Secrets.mask(there), "stands there already, " + but);
    }

    private Map<String, Map<String, String>> own(List<ImportedServer> servers, ImportedGlobals globals) {
        var own = new TreeMap<String, Map<String, String>>();
        for (ImportedServer server : servers) {
            var texts = new TreeMap<>(server.texts());
            if (!others.isEmpty()) {
                globals.said().forEach((key, text) -> {
                    boolean needed =
                            globals.texts().containsKey(key) || ours.global().containsKey(key);
                    if (needed && !Options.isGlobal(key)) {
                        texts.putIfAbsent(key, text);
                    }
                });
            }
            own.put(server.name(), texts);
        }
        return own;
    }

    private static String compression(
            ImportedServer server, Map<String, Map<String, String>> own, Map<String, String> global) {
        String key = Options.COMPRESSION.name();
        return own.getOrDefault(server.name(), Map.of()).getOrDefault(key, global.getOrDefault(key, ""));
    }

    private List<Option> options(ImportedGlobals globals, List<ImportedServer> servers) {
        var options = new ArrayList<>(globals.options());
        servers.forEach(server -> options.addAll(server.options()));
        for (String model : files.models()) {
            boolean active = names.stream()
                    .anyMatch(name ->
                            files.activeModel(name).filter(model::equals).isPresent());
            options.add(new Option(
                    model,
                    "model",
                    "true",
                    active ? Outcome.TRANSLATED : Outcome.NOT_SUPPORTED,
                    active
                            ? "what it says holds for the server that is switched to it; there is no switching here"
                            : "no server that is imported is switched to it, and there is no switching here"));
        }
        return options;
    }
}
