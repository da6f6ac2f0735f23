package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.BarmanImport.Request;
import org.matriarch.api.server.BarmanImportReport;
import org.matriarch.api.server.BarmanImportReport.Change;
import org.matriarch.api.server.ConfigurationProblem;

/** Compares what is to be written with the files that are there. */
final class ImportedFiles {

    private final Request request;
    private final ConfigurationFiles ours;
    private final Map<Path, ImportPlan.Target> targets = new LinkedHashMap<>();
    private final List<BarmanImportReport.File> shown = new ArrayList<>();
    private final List<ConfigurationProblem> problems = new ArrayList<>();

    ImportedFiles(Request request, ConfigurationFiles ours) {
        this.request = request;
        this.ours = ours;
    }

    /** Returns what has to be written. */
    List<ImportPlan.Target> targets() {
        return List.copyOf(targets.values());
    }

    /** Returns what an operator is told of the files. */
    List<BarmanImportReport.File> shown() {
        return List.copyOf(shown);
    }

    /** Returns what speaks against writing. */
    List<ConfigurationProblem> problems() {
        return List.copyOf(problems);
    }

    /** Adds to the global file what it does not say yet. */
    void global(Map<String, String> texts) {
        var added = new TreeMap<>(texts);
        added.keySet().removeIf(key -> !ours.global().getOrDefault(key, "").isEmpty());
        added.values().removeIf(String::isEmpty);
        Path file = ours.directory().resolve(ConfiguredServers.GLOBAL_FILE);
        List<String> lines = lines(added);
        if (lines.isEmpty()) {
            shown.add(new BarmanImportReport.File(file, Change.NONE, List.of()));
            return;
        }
        Optional<String> there = read(file);
        String before = there.orElse("");
        String separator = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        String content = before + separator + (before.isEmpty() ? "" : "\n") + text(lines);
        put(file, content, there.isPresent() ? Change.EXTEND : Change.CREATE, shown(added));
    }

    /** Writes the file of a server. */
    void server(String name, Map<String, String> texts) {
        if (!Judgement.isServerName(name)) {
            return; // which is a problem already; no file may be called so
        }
        String file = ImportedServer.file(name);
        String there = ours.servers().getOrDefault(name, file);
        if (!there.equals(file)) {
            problems.add(new ConfigurationProblem(
                    there, "", name, "it configures the server already; remove it before another file does"));
            return;
        }
        whole(file, text(lines(texts)), shown(texts));
    }

    /** Writes the file of the compressor that a server's WAL needs, if it needs one. */
    void compressor(BarmanFiles files, String server, String compression) {
        if (!CompressorFiles.PROGRAMS.contains(compression)) {
            return;
        }
        String file = CompressorFiles.name(compression);
        Path path = ours.directory().resolve(file);
        Optional<List<String>> lines = CompressorFiles.lines(compression, files, server);
        if (lines.isPresent()) {
            String content = text(lines.get());
            ImportPlan.Target other = targets.get(path);
            if (other == null) {
                whole(file, content, lines.get());
            } else if (!other.content().equals(content)) {
                problems.add(new ConfigurationProblem(
                        file,
                        "",
                        server,
                        "servers compress with different programs; import them one by one, with --server, and give each a"
                                + " compressor of its own"));
            }
        } else if (!Files.exists(path)) {
            problems.add(new ConfigurationProblem(
                    file,
                    "",
                    server,
                    "it has to name the programs that Barman compresses with, which cannot be said without a shell or have"
                            + " no custom_compression_magic; write it by its sample, with"
                            + " matriarch.compressor.id = " + compression));
        }
    }

    private void whole(String name, String content, List<String> lines) {
        Path file = ours.directory().resolve(name);
        Optional<String> there = read(file);
        if (there.filter(text -> withoutComments(text).equals(withoutComments(content)))
                .isPresent()) {
            shown.add(new BarmanImportReport.File(file, Change.NONE, List.of()));
            return;
        }
        if (there.isPresent() && !request.replace()) {
            problems.add(new ConfigurationProblem(
                    name, "", file.toString(), "it is there and says something else; --force replaces it"));
        }
        put(file, content, there.isPresent() ? Change.REPLACE : Change.CREATE, lines);
    }

    private void put(Path file, String content, Change change, List<String> lines) {
        targets.put(
                file,
                new ImportPlan.Target(file, content, !Secrets.mask(content).equals(content)));
        shown.add(new BarmanImportReport.File(file, change, lines));
    }

    private String text(List<String> lines) {
        return CfgLine.comment("Taken over from Barman: " + request.configuration()) + "\n" + String.join("\n", lines)
                + "\n";
    }

    private static List<String> lines(Map<String, String> texts) {
        return new TreeMap<>(texts)
                .entrySet().stream()
                        .map(entry -> CfgLine.of(entry.getKey(), entry.getValue()))
                        .toList();
    }

    private static List<String> shown(Map<String, String> texts) {
        var masked = new TreeMap<>(texts);
        masked.replaceAll((key, text) -> Secrets.mask(text));
        return lines(masked);
    }

    private static List<String> withoutComments(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .sorted()
                .toList();
    }

    /** Byte by byte, so that what was there is written back as it was, whatever its encoding. */
    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, ISO_8859_1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to read '%s': %s".formatted(file, e),
                    "make it readable for the container's user.",
                    e);
        }
    }
}
