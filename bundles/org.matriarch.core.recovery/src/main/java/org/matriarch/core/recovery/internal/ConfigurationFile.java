package org.matriarch.core.recovery.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites a PostgreSQL configuration file of a restored data directory.
 *
 * <p>Source: PostgreSQL manual, "Setting Parameters": one {@code name = value} per line, the equals sign optional, names
 * not case-sensitive, the last of several lines wins.
 */
final class ConfigurationFile {

    /** What a disarmed line begins with, so that an operator can find and undo it. */
    static final String DISARMED = "#MATRIARCH# ";

    private static final Pattern SETTING =
            Pattern.compile("^\\s*([A-Za-z_][A-Za-z0-9_.]*)(?:\\s*=\\s*|\\s+|(?='))(.*)$");

    /** Settings that would archive into the original's archive, or that recovery sets itself. */
    private static final Set<String> DISARMED_NAMES = Set.of(
            "archive_command",
            "archive_library",
            "restore_command",
            "recovery_end_command",
            "recovery_target",
            "recovery_target_action",
            "recovery_target_inclusive",
            "recovery_target_lsn",
            "recovery_target_name",
            "recovery_target_time",
            "recovery_target_timeline",
            "recovery_target_xid");

    /** Settings that may point at files or addresses of the original server. */
    private static final Set<String> QUESTIONABLE_NAMES = Set.of(
            "config_file",
            "data_directory",
            "external_pid_file",
            "hba_file",
            "ident_file",
            "include",
            "include_dir",
            "include_if_exists",
            "ssl_ca_file",
            "ssl_cert_file",
            "ssl_crl_file",
            "ssl_key_file",
            "synchronous_standby_names",
            "unix_socket_directories");

    /** Settings that lead to a file of the original, where the restored directory has one that PostgreSQL takes by itself. */
    private static final Map<String, String> REPLACED_FILES =
            Map.of("hba_file", "pg_hba.conf", "ident_file", "pg_ident.conf");

    private static final Set<String> INCLUDES = Set.of("include", "include_dir");

    private ConfigurationFile() {}

    /**
     * Returns the file's text with every line commented out that must not take effect.
     *
     * @param present the files and directories that lie beside it
     */
    static String disarm(String text, Set<String> present) {
        var lines = new ArrayList<String>();
        for (String line : text.split("\n", -1)) {
            Matcher setting = SETTING.matcher(line);
            boolean disarm =
                    setting.matches() && (DISARMED_NAMES.contains(nameOf(setting)) || leadsAway(setting, present));
            lines.add(disarm ? DISARMED + line : line);
        }
        return String.join("\n", lines);
    }

    /** Returns whether a line leads to what belongs to the original, or, with the file at another place, nowhere. */
    private static boolean leadsAway(Matcher setting, Set<String> present) {
        String name = nameOf(setting);
        if (INCLUDES.contains(name)) {
            String place = valueOf(setting);
            return !place.startsWith("/") && !present.contains(place.split("/", 2)[0]);
        }
        return name.equals("data_directory") || present.contains(REPLACED_FILES.getOrDefault(name, "/"));
    }

    /** Returns the file's text with settings added at its end. */
    static String append(String text, Map<String, String> settings) {
        var result = new StringBuilder(text);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            result.append('\n');
        }
        settings.forEach((name, value) ->
                result.append(name).append(" = ").append(quote(value)).append('\n'));
        return result.toString();
    }

    /** Returns the lines that {@link #disarm} comments out since they lead away. */
    static List<String> misleading(String text, Set<String> present) {
        return text.lines()
                .filter(line -> {
                    Matcher setting = SETTING.matcher(line);
                    return setting.matches() && leadsAway(setting, present);
                })
                .map(String::strip)
                .toList();
    }

    /** Returns the lines that deserve a look before the restored server is started. */
    static List<String> questionable(String text) {
        var found = new ArrayList<String>();
        for (String line : text.split("\n", -1)) {
            Matcher setting = SETTING.matcher(line);
            if (setting.matches() && QUESTIONABLE_NAMES.contains(nameOf(setting))) {
                found.add(line.strip());
            }
        }
        return List.copyOf(found);
    }

    /** Returns a value as PostgreSQL reads it back unchanged. */
    static String quote(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** Returns a value without its quotes and what follows it. */
    private static String valueOf(Matcher setting) {
        String text = setting.group(2).strip();
        return text.startsWith("'") ? text.substring(1).split("'", 2)[0] : text.split("[\\s#]", 2)[0];
    }

    private static String nameOf(Matcher setting) {
        return setting.group(1).toLowerCase(Locale.ROOT);
    }
}
