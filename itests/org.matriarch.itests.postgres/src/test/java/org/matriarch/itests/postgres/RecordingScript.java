package org.matriarch.itests.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.matriarch.api.hook.Hook;

/** A hook script that writes down when it ran and what it was told, and ends as a test has planned. */
final class RecordingScript {

    private static final String TEXT = """
            #!/bin/sh
            dir=$(dirname "$0")
            what=$BARMAN_PHASE.$BARMAN_HOOK
            about=${BARMAN_SEGMENT:-$BARMAN_BACKUP_ID}
            env -0 > "$dir/environment.new" && mv "$dir/environment.new" "$dir/environment.$what.$about"
            [ -z "$BARMAN_FILE" ] || [ ! -f "$BARMAN_FILE" ] || touch "$dir/present.$what.$about"
            code=0
            for plan in "$dir/plan.$what.$about" "$dir/plan.$what"; do
                if [ -s "$plan" ]; then
                    read -r code < "$plan"
                    case $code in
                        *!) code=${code%!} ;;
                        *) tail -n +2 "$plan" > "$plan.rest"; mv "$plan.rest" "$plan" ;;
                    esac
                    break
                fi
            done
            echo "$what $about $code" >> "$dir/journal"
            echo "the hook says $what"
            [ "$code" != hang ] || exec sleep 1000
            exit "$code"
            """;

    private final Path directory;

    /** Puts the script into a directory, which it makes. */
    RecordingScript(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("record.sh"), TEXT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a line of configuration for each hook. */
    String[] hooks() {
        String quoted = directory.resolve("record.sh").toString().replace("'", "'\"'\"'");
        return Hook.ALL.stream()
                .map(hook -> "%s = sh '%s'".formatted(hook.option(), quoted))
                .toArray(String[]::new);
    }

    /**
     * Plans how a hook ends the next times.
     *
     * @param hook such as {@code pre.backup_script}, or {@code pre.archive_script 000000010000000000000001}
     * @param codes exit codes, {@code hang}, or one that stays with a {@code !} behind it
     */
    void plan(String hook, String... codes) {
        write("plan." + hook.replace(' ', '.'), String.join("\n", codes) + "\n");
    }

    /** Forgets what was planned for a hook. */
    void unplan(String hook) {
        write("plan." + hook.replace(' ', '.'), "");
    }

    /** Returns what ran for a backup or a WAL file, in order: {@code pre.backup_script 0}. */
    List<String> journal(String about) {
        return read("journal")
                .lines()
                .filter(line -> line.contains(" " + about + " "))
                .map(line -> line.replace(" " + about, ""))
                .toList();
    }

    /** Returns the id of the backup that the last hook was about. */
    String lastBackup() {
        return read("journal")
                .lines()
                .filter(line -> line.contains(".backup_"))
                .map(line -> line.replaceFirst("\\S+ (\\S+) .*", "$1"))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** Returns the variables of Barman that a hook found. */
    Map<String, String> environment(String hook, String about) {
        var variables = new TreeMap<String, String>();
        Arrays.stream(read("environment.%s.%s".formatted(hook, about)).split("\0"))
                .filter(line -> line.startsWith("BARMAN_"))
                .forEach(line ->
                        variables.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        return variables;
    }

    /** Returns whether {@code BARMAN_FILE} was there when the hook ran. */
    boolean foundFile(String hook, String about) {
        return Files.exists(directory.resolve("present.%s.%s".formatted(hook, about)));
    }

    /** Returns the four hooks of an event in the order in which they run, each with a code. */
    static List<String> inOrder(String event, Object... codes) {
        var lines = new ArrayList<String>();
        String[] hooks = {"pre.%s_script", "pre.%s_retry_script", "post.%s_retry_script", "post.%s_script"};
        for (int i = 0; i < hooks.length; i++) {
            lines.add(hooks[i].formatted(event) + " " + codes[i]);
        }
        return lines;
    }

    private void write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(String name) {
        try {
            Path file = directory.resolve(name);
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
