package org.matriarch.shell.internal.backup;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.TargetAction;
import org.matriarch.shell.internal.command.UsageException;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.output.Console;

/**
 * The words of {@code backup:restore}, understood.
 *
 * @param assumedZone the zone that {@code --target-time} was read in because it names none
 */
record RestoreWords(RestoreRequest request, Optional<ZoneId> assumedZone) {

    private static final List<String> TARGETS =
            List.of("--target-time", "--target-xid", "--target-name", "--target-lsn", "--target-immediate");

    /** Understands the words, for a caller that stands where the console says. */
    static RestoreWords of(Words words, Console console, ZoneId host) {
        List<String> given = TARGETS.stream().filter(words::has).toList();
        if (given.size() > 1) {
            throw new UsageException(
                    "options '%s' and '%s' exclude each other".formatted(given.get(0), given.get(1)),
                    "give one target at most.");
        }
        Optional<TargetTime> time = words.value("--target-time").map(text -> TargetTime.parse(text, host));
        Optional<String> remote =
                words.value("--remote-ssh-command").map(command -> nonEmpty("--remote-ssh-command", command));
        var request = new RestoreRequest(
                words.argument(0),
                words.argument(1),
                directory(nonEmpty("DEST", words.argument(2)), console, remote),
                target(words, time),
                words.has("--exclusive"),
                words.value("--target-tli").map(RestoreWords::timeline),
                words.choice("--target-action", List.of("pause", "promote", "shutdown"))
                        .map(word -> TargetAction.valueOf(word.toUpperCase(Locale.ROOT))),
                tablespaces(words, console, remote),
                words.either("--get-wal", "--no-get-wal"),
                words.has("--standby-mode"),
                words.number("--jobs", 1, 1024),
                words.number("--bwlimit", 0, Integer.MAX_VALUE),
                words.number("--retry-times", 0, 1_000_000),
                words.duration("--retry-sleep"),
                remote,
                words.either("--delta", "--no-delta"));
        return new RestoreWords(request, time.flatMap(TargetTime::assumedZone));
    }

    private static RecoveryTarget target(Words words, Optional<TargetTime> time) {
        Stream<Optional<RecoveryTarget>> targets = Stream.of(
                time.map(moment -> new RecoveryTarget.Time(moment.time())),
                words.value("--target-xid").map(RestoreWords::xid),
                words.value("--target-name").map(name -> new RecoveryTarget.Name(nonEmpty("--target-name", name))),
                words.value("--target-lsn").map(RestoreWords::position),
                words.has("--target-immediate") ? Optional.of(new RecoveryTarget.Immediate()) : Optional.empty());
        return targets.flatMap(Optional::stream).findFirst().orElseGet(RecoveryTarget.Latest::new);
    }

    private static RecoveryTarget xid(String text) {
        // 64 bits since PostgreSQL 13 prints them so; smaller than 3 are special and never a user's transaction.
        if (text.matches("\\d{1,18}") && Long.parseLong(text) >= 3) {
            return new RecoveryTarget.Xid(Long.parseLong(text));
        }
        throw new UsageException(
                "'%s' is not the id of a transaction".formatted(text),
                "give the number that pg_current_xact_id() or the log of the server shows.");
    }

    private static RecoveryTarget position(String text) {
        try {
            return new RecoveryTarget.Position(Lsn.parse(text));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "'%s' is not a WAL position".formatted(text), "write it as PostgreSQL does: 16/B374D848.", e);
        }
    }

    private static String timeline(String text) {
        boolean number = text.matches("\\d{1,10}") && Long.parseLong(text) > 0 && Long.parseLong(text) < 1L << 32;
        if (number || text.equals("current") || text.equals("latest")) {
            return text;
        }
        throw new UsageException("'%s' is not a timeline".formatted(text), "give a number, current or latest.");
    }

    private static Map<String, Path> tablespaces(Words words, Console console, Optional<String> remote) {
        var directories = new LinkedHashMap<String, Path>();
        for (String word : words.values("--tablespace")) {
            int colon = word.indexOf(':');
            if (colon < 1 || colon == word.length() - 1) {
                throw new UsageException(
                        "value '%s' of option '--tablespace' is not NAME:DIR".formatted(word),
                        "give the name of the tablespace, a colon and its new directory.");
            }
            Path directory = directory(word.substring(colon + 1), console, remote);
            if (directories.put(word.substring(0, colon), directory) != null) {
                throw new UsageException(
                        "tablespace '%s' is given more than one directory".formatted(word.substring(0, colon)),
                        "give each tablespace once.");
            }
        }
        return directories;
    }

    /** The caller stands somewhere on this host, which says nothing of another. */
    private static Path directory(String text, Console console, Optional<String> remote) {
        if (remote.isPresent() && !text.startsWith("/")) {
            throw new UsageException(
                    "directory '%s' of another host is not absolute".formatted(text),
                    "give a path that begins with '/'.");
        }
        return console.resolve(text);
    }

    private static String nonEmpty(String what, String text) {
        if (text.isBlank()) {
            throw new UsageException("%s is empty".formatted(what), "run backup:restore --help to see its use.");
        }
        return text;
    }
}
