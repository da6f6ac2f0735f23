package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * Barman's configuration as Barman puts it together: its main file, over it the files of
 * {@code configuration_files_directory} in the order of their names, and over them what {@code barman config-update} wrote. A
 * model that a server has been switched to stands over the server's own section.
 */
final class BarmanFiles {

    /** The section of what holds for all servers. */
    static final String GLOBAL = "barman";

    static final String HOME = "barman_home";
    static final String INCLUDES = "configuration_files_directory";

    private static final String LOCK_DIRECTORY = "barman_lock_directory";
    private static final String UPDATES = ".barman.auto.conf";
    private static final String ACTIVE_MODEL = ".active-model.auto";

    private static final Pattern QUOTED = Pattern.compile("([\"'])(.*)\\1", Pattern.DOTALL);

    /** Where a server's directories are unless its section says otherwise. */
    private static final Map<String, String> DIRECTORIES = Map.of(
            "backup_directory", "%(barman_home)s/%(name)s",
            "basebackups_directory", "%(backup_directory)s/base",
            "wals_directory", "%(backup_directory)s/wals",
            "xlogdb_directory", "%(wals_directory)s",
            "incoming_wals_directory", "%(backup_directory)s/incoming",
            "streaming_wals_directory", "%(backup_directory)s/streaming",
            "errors_directory", "%(backup_directory)s/errors");

    private final Path main;
    private final IniFile ini = new IniFile();
    private final List<Path> included = new ArrayList<>();

    private BarmanFiles(Path main) {
        this.main = main;
    }

    /**
     * Reads them.
     *
     * @throws MatriarchException {@code CONFIGURATION_INVALID} if one cannot be read
     */
    static BarmanFiles read(Path main) {
        var files = new BarmanFiles(main);
        files.load(main);
        files.global(INCLUDES)
                .filter(directory -> !directory.isEmpty())
                .map(BarmanFiles::path)
                .ifPresent(files::loadAll);
        Path updates = files.home().resolve(UPDATES);
        if (Files.exists(updates)) {
            files.load(updates);
        }
        return files;
    }

    /** Returns the main file. */
    Path main() {
        return main;
    }

    /** Returns the files that the main file includes, in the order in which they were read. */
    List<Path> included() {
        return List.copyOf(included);
    }

    /** Returns where servers lie unless they say otherwise. */
    Path home() {
        return global(HOME)
                .filter(home -> !home.isEmpty())
                .map(BarmanFiles::path)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "'%s' says no %s".formatted(main, HOME),
                        "name Barman's main file, which has a section [%s].".formatted(GLOBAL)));
    }

    /** Returns the names of the servers, in the order of the files. */
    List<String> servers() {
        return ini.names().stream()
                .filter(name -> !name.equals(GLOBAL) && !isModel(name))
                .toList();
    }

    /** Returns the names of the models, in the order of the files. */
    List<String> models() {
        return ini.names().stream().filter(this::isModel).toList();
    }

    /** Returns the options of a section as they stand, in the order of the files; what Python's defaults say is global. */
    Map<String, String> section(String name) {
        if (!name.equals(GLOBAL)) {
            return ini.section(name);
        }
        var options = new LinkedHashMap<>(ini.section(IniFile.DEFAULT));
        options.putAll(ini.section(GLOBAL));
        return Collections.unmodifiableMap(options);
    }

    /** Returns whether an option says where one of a server's directories is. */
    static boolean isDirectory(String option) {
        return DIRECTORIES.containsKey(option);
    }

    /** Returns the name of the model that a server has been switched to. */
    Optional<String> activeModel(String server) {
        Path file;
        try {
            file = path(resolve(server, "%(backup_directory)s")).resolve(ACTIVE_MODEL);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // which is said where the option itself is looked at
        }
        try {
            return Optional.of(Files.readString(file, UTF_8).strip()).filter(name -> !name.isEmpty());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Returns a server's own options as they stand, those of its active model over them. */
    Map<String, String> own(String server) {
        var own = new LinkedHashMap<>(ini.section(server));
        activeModel(server).ifPresent(model -> {
            var options = new LinkedHashMap<>(ini.section(model));
            options.keySet().removeAll(List.of("model", "cluster"));
            own.putAll(options);
        });
        return Collections.unmodifiableMap(own);
    }

    /**
     * Returns a value of the global section; empty if it is unset there.
     *
     * @return nothing if the option is not there, or its value differs from server to server
     */
    Optional<String> global(String option) {
        String raw = section(GLOBAL).get(option);
        if (raw == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(plain(Interpolation.resolve(raw, this::globalRaw)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns what a raw value means to a server; empty if it unsets the option.
     *
     * @throws IllegalArgumentException if it cannot be resolved
     */
    String resolve(String server, String raw) {
        return plain(Interpolation.resolve(raw, values(server)));
    }

    /**
     * Returns the value of an option that holds for a server, its own or the global one; empty if it is unset, or cannot be
     * resolved.
     */
    String effective(String server, String option) {
        Optional<String> raw = Optional.ofNullable(own(server).get(option))
                .or(() -> Optional.ofNullable(section(GLOBAL).get(option)))
                .or(() -> Optional.ofNullable(DIRECTORIES.get(option)));
        try {
            return raw.map(text -> resolve(server, text)).orElse("");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private Function<String, Optional<String>> values(String server) {
        Map<String, String> own = ini.section(server);
        return option -> option.equals("name")
                ? Optional.of(server)
                : Optional.ofNullable(own.get(option))
                        .or(() -> Optional.ofNullable(DIRECTORIES.get(option)))
                        .or(() -> globalRaw(option));
    }

    private Optional<String> globalRaw(String option) {
        return Optional.ofNullable(section(GLOBAL).get(option))
                .or(() -> option.equals(LOCK_DIRECTORY) ? globalRaw(HOME) : Optional.empty());
    }

    private boolean isModel(String section) {
        return Options.ACTIVE
                .parse(plain(ini.section(section).getOrDefault("model", "")))
                .orElse(false);
    }

    /** Python's None, and quotes around the whole. */
    private static String plain(String value) {
        Matcher matcher = QUOTED.matcher(value);
        return value.equals("None") ? "" : matcher.matches() ? matcher.group(2) : value;
    }

    private void loadAll(Path directory) {
        if (!Files.isDirectory(directory)) {
            return; // Barman goes on without, too
        }
        var files = new ArrayList<Path>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.conf")) {
            found.forEach(files::add);
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
        Collections.sort(files);
        included.addAll(files);
        files.forEach(this::load);
    }

    private void load(Path file) {
        try {
            ini.read(file.toString(), Files.readString(file, UTF_8));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Returns a text of the configuration as a path.
     *
     * @throws MatriarchException {@code CONFIGURATION_INVALID} if it cannot be one
     */
    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'%s' is not a path".formatted(text),
                    "correct it in Barman's configuration.",
                    e);
        }
    }

    private static MatriarchException unreadable(Path file, IOException cause) {
        if (cause instanceof CharacterCodingException) {
            return new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to read '%s': it is not UTF-8".formatted(file),
                    "convert it with iconv, or name another file: this one may not be Barman's.",
                    cause);
        }
        return new MatriarchException(
                ErrorCode.CONFIGURATION_INVALID,
                "unable to read '%s': %s".formatted(file, cause),
                "the container's user '%s' has to be able to read it.".formatted(System.getProperty("user.name")),
                cause);
    }
}
