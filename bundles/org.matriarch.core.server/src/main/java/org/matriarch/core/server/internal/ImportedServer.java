package org.matriarch.core.server.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.matriarch.api.server.BarmanImportReport.Option;
import org.matriarch.api.server.BarmanImportReport.Outcome;
import org.matriarch.api.server.ConfigurationProblem;

/** One server of Barman's, option by option. */
final class ImportedServer {

    /** What Barman takes where nothing is written and we take something else. */
    private static final SortedMap<String, String> DEFAULTS =
            new TreeMap<>(Map.of("backup_method", "rsync", "streaming_archiver", "off"));

    private static final String RECEIVER_NAME = "streaming_archiver_name";

    private final BarmanFiles files;
    private final String name;
    private final ImportedGlobals globals;
    private final Set<String> saidAlready;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final List<Option> options = new ArrayList<>();
    private final List<ConfigurationProblem> problems = new ArrayList<>();

    private ImportedServer(BarmanFiles files, String name, ImportedGlobals globals, Set<String> saidAlready) {
        this.files = files;
        this.name = name;
        this.globals = globals;
        this.saidAlready = saidAlready;
    }

    /**
     * Looks at one.
     *
     * @param saidAlready the keys that our global file has before the import: what it says there is no default any more
     */
    static ImportedServer of(BarmanFiles files, String name, ImportedGlobals globals, Set<String> saidAlready) {
        var server = new ImportedServer(files, name, globals, saidAlready);
        server.inherit();
        files.own(name).forEach(server::take);
        server.add();
        return server;
    }

    /** Returns the name of a server's file in {@code etc/}. */
    static String file(String server) {
        return "org.matriarch.server-%s.cfg".formatted(server);
    }

    String name() {
        return name;
    }

    /** Returns what its file has to say, by key. */
    Map<String, String> texts() {
        return Map.copyOf(texts);
    }

    /** Returns what becomes of each of its options. */
    List<Option> options() {
        return List.copyOf(options);
    }

    /** Returns why it cannot be imported. */
    List<ConfigurationProblem> problems() {
        return List.copyOf(problems);
    }

    /** What the global section says for all servers, and can be said here only for each. */
    private void inherit() {
        Set<String> own = files.own(name).keySet();
        globals.ofEachServer().forEach((key, raw) -> {
            if (!own.contains(key)) {
                resolved(key, raw, BarmanFiles.GLOBAL);
            }
        });
    }

    private void take(String key, String raw) {
        boolean ofModel = !raw.equals(files.section(name).get(key));
        resolved(key, raw, ofModel ? files.activeModel(name).orElse(name) : name);
    }

    private void resolved(String key, String raw, String section) {
        String value;
        try {
            value = files.resolve(name, raw);
        } catch (IllegalArgumentException e) {
            problems.add(problem(key, raw, String.valueOf(e.getMessage())));
            return;
        }
        if (BarmanFiles.isDirectory(key)) {
            boolean usual = value.equals(files.effective(name, key)) && isUsual(key, value);
            options.add(option(
                    section, key, value, usual ? Outcome.DEFAULT : Outcome.NOT_SUPPORTED, usual ? "" : why(key)));
        } else if (Options.isGlobal(key) || BarmanTranslation.isApart(key)) {
            options.add(option(section, key, value, Outcome.NOT_SUPPORTED, "has one value for all servers"));
        } else if (key.equals("primary_ssh_command") && !value.isEmpty()) {
            problems.add(problem(key, value, "makes the server a passive node, and " + why(key)));
        } else {
            translate(key, value, section);
        }
    }

    private void translate(String key, String value, String section) {
        BarmanTranslation translation = BarmanTranslation.of(key, value);
        if (!section.equals(BarmanFiles.GLOBAL)) {
            options.add(option(section, key, value, translation.outcome(), translation.detail()));
        }
        if (!translation.fault().isEmpty()) {
            problems.add(problem(key, value, translation.fault()));
        }
        translation.value().ifPresent(text -> {
            if (translation.outcome() != Outcome.DEFAULT
                    || globals.texts().containsKey(key)
                    || saidAlready.contains(key)) {
                texts.put(key, text);
            } else {
                texts.remove(key);
            }
        });
    }

    /** Says where nobody has said anything what Barman does then. */
    private void add() {
        DEFAULTS.forEach((key, text) -> {
            if (files.effective(name, key).isEmpty()) {
                add(key, text);
            }
        });
        boolean streams = Options.STREAMING_ARCHIVER
                .parse(files.effective(name, Options.STREAMING_ARCHIVER.name()))
                .orElse(false);
        if (streams && files.effective(name, RECEIVER_NAME).isEmpty()) {
            add(RECEIVER_NAME, "barman_receive_wal");
        }
    }

    private void add(String key, String text) {
        texts.put(key, text);
        options.add(option(name, key, text, Outcome.ADDED, "Barman's default"));
    }

    private boolean isUsual(String key, String value) {
        String directory = files.effective(name, "backup_directory");
        return switch (key) {
            case "backup_directory" -> true; // looked at together with those of the others
            case "basebackups_directory" -> value.equals(directory + "/base");
            case "wals_directory", "xlogdb_directory" -> value.equals(directory + "/wals");
            case "incoming_wals_directory" -> value.equals(directory + "/incoming");
            case "streaming_wals_directory" -> value.equals(directory + "/streaming");
            default -> value.equals(directory + "/errors");
        };
    }

    private static String why(String key) {
        return BarmanOptions.whyNot(key).orElse("");
    }

    private static Option option(String section, String key, String value, Outcome outcome, String detail) {
        return new Option(section, key, Secrets.mask(value), outcome, Secrets.mask(detail));
    }

    private ConfigurationProblem problem(String key, String value, String reason) {
        return new ConfigurationProblem(file(name), key, Secrets.mask(value), reason);
    }
}
