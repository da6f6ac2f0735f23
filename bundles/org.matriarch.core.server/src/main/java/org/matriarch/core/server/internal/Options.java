package org.matriarch.core.server.internal;

import static org.matriarch.core.server.internal.Option.ofInstallation;
import static org.matriarch.core.server.internal.Option.ofServer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.schedule.CronSchedule;

/** Every option there is: what drives reading, describing, the help for a wrong key, and docs/configuration.md. */
final class Options {

    static final Option<Path> MATRIARCH_HOME = ofInstallation(
            "matriarch_home",
            OptionType.absolutePath(),
            "",
            "`matriarch` in the container's base directory: `MATRIARCH_DATA`, or the installation",
            "Directory that holds one directory per server: queues, and the repositories of the default store.");
    static final Option<Duration> CHECK_TIMEOUT = ofInstallation(
            "check_timeout",
            OptionType.seconds(1, 3600),
            "30",
            "",
            "How long `server:check` waits for one check, in seconds.");

    static final Option<String> DESCRIPTION =
            ofServer("description", OptionType.text("any text"), "", "What the server is, for people.");
    static final Option<Boolean> ACTIVE = ofServer(
            "active",
            OptionType.bool(),
            "true",
            "Whether the server is worked on: an inactive one receives no WAL and takes no backups.");
    static final Option<String> CONNINFO = ofServer(
            "conninfo",
            OptionType.text("a libpq connection string, such as 'host=pg user=matriarch dbname=postgres'"),
            "",
            "required",
            "libpq connection string for SQL. Keep the password out of it: a pgpass file is read, as libpq does.");
    static final Option<String> STREAMING_CONNINFO = ofServer(
            "streaming_conninfo",
            OptionType.text("a libpq connection string, such as 'host=pg user=streaming_matriarch'"),
            "",
            "`conninfo`",
            "libpq connection string for the replication protocol.");

    static final Option<String> BACKUP_METHOD = ofServer(
            "backup_method",
            OptionType.id("id of an installed transport"),
            "streaming",
            "The transport that brings backups: `streaming`, `ssh` or `rsync`. `postgres` is another word for"
                    + " `streaming`.");
    static final Option<String> REPOSITORY = ofServer(
            "repository",
            OptionType.id("id of an installed store"),
            "default",
            "The store that holds backups and WAL; `default` is the file store under `matriarch_home`.");
    static final Option<String> REPOSITORY_FORMAT =
            ofServer("repository_format", OptionType.oneOf("plain"), "plain", "How backups lie in the store.");
    static final Option<String> COMPRESSION = ofServer(
            "compression",
            OptionType.id("'none', or id of an installed compressor"),
            "none",
            "How WAL is compressed from now on. What is stored already is read whatever stands here.");
    static final Option<String> COMPRESSION_LEVEL = ofServer(
            "compression_level", OptionType.level(), "", "the compressor's own", "How hard the compressor works.");

    static final Option<Boolean> STREAMING_ARCHIVER = ofServer(
            "streaming_archiver", OptionType.bool(), "on", "Whether WAL is received through the replication protocol.");
    static final Option<Boolean> ARCHIVER = ofServer(
            "archiver",
            OptionType.bool(),
            "",
            "`off`; `on` where `streaming_archiver` is off, since no WAL would come otherwise",
            "Whether WAL is taken that `archive_command` hands over: by push, or as a file in `incoming/`.");
    static final Option<String> SLOT_NAME = ofServer(
            "slot_name",
            OptionType.slotName(),
            "",
            "no slot",
            "Physical replication slot that makes the server keep WAL until it is received.");
    static final Option<String> CREATE_SLOT = ofServer(
            "create_slot",
            OptionType.oneOf("manual", "auto"),
            "manual",
            "Whether the receiver creates the slot where it is missing.");
    static final Option<String> STREAMING_ARCHIVER_NAME = ofServer(
            "streaming_archiver_name",
            OptionType.applicationName(),
            "matriarch_receive_wal",
            "The receiver's `application_name`; what `synchronous_standby_names` has to name.");
    static final Option<String> STREAMING_BACKUP_NAME = ofServer(
            "streaming_backup_name",
            OptionType.applicationName(),
            "matriarch_streaming_backup",
            "The `application_name` of a streaming backup.");

    static final Option<Boolean> IMMEDIATE_CHECKPOINT = ofServer(
            "immediate_checkpoint",
            OptionType.bool(),
            "false",
            "Whether a backup makes the server write its checkpoint as fast as it can.");
    static final Option<Integer> BANDWIDTH_LIMIT = ofServer(
            "bandwidth_limit",
            OptionType.zeroOr(32, 1024 * 1024),
            "0",
            "How fast a backup is copied at most, in KiB per second.");
    static final Option<String> SSH_COMMAND = ofServer(
            "ssh_command",
            OptionType.text("a command such as 'ssh -p 2222 postgres@pg'"),
            "",
            "none",
            "How the server's host is reached; what `backup_method` `ssh` and `rsync` need.");
    static final Option<ReuseMode> REUSE_BACKUP = ofServer(
            "reuse_backup",
            OptionType.oneOf("off", "link", "copy").map(text -> ReuseMode.valueOf(text.toUpperCase(Locale.ROOT))),
            "off",
            "Whether files that have not changed since the backup before are not fetched again: `link` shares them on"
                    + " the disk, `copy` copies them there. For `ssh` and `rsync`.");
    static final Option<Boolean> NETWORK_COMPRESSION = ofServer(
            "network_compression", OptionType.bool(), "false", "Whether `ssh` and `rsync` compress on the way.");
    static final Option<Map<String, Integer>> TABLESPACE_BANDWIDTH_LIMIT = ofServer(
            "tablespace_bandwidth_limit",
            OptionType.limits(),
            "",
            "`bandwidth_limit`",
            "How fast single tablespaces are copied at most, in KiB per second: `NAME:LIMIT`, separated by commas. For"
                    + " `ssh` and `rsync`.");
    static final Option<List<String>> BACKUP_OPTIONS = ofServer(
            "backup_options",
            OptionType.listOf("concurrent_backup", "external_configuration")
                    .but("exclusive_backup is not offered: PostgreSQL 15 has it no more, and none needs it"),
            "concurrent_backup",
            "`concurrent_backup` says what every backup is. `external_configuration`: somebody else keeps the configuration"
                    + " files outside the data directory that a backup does not hold; nothing is said of them.");
    static final Option<Integer> PARALLEL_JOBS = ofServer(
            "parallel_jobs",
            OptionType.integer(1, 64),
            "1",
            "How many files a backup or restore copies at a time, where the transport can.");
    static final Option<Integer> BASEBACKUP_RETRY_TIMES = ofServer(
            "basebackup_retry_times",
            OptionType.integer(0, 100),
            "0",
            "How often a backup that broke off, or a file of a restore, is begun again.");
    static final Option<Duration> BASEBACKUP_RETRY_SLEEP = ofServer(
            "basebackup_retry_sleep", OptionType.seconds(0, 86_400), "30", "How long to wait before that, in seconds.");
    static final Option<Duration> PLUGIN_WAIT = ofServer(
            "plugin_wait",
            OptionType.interval(),
            "5 MINUTES",
            "How long a job waits for a plugin that was taken away while it ran.");
    static final Option<CronSchedule> BACKUP_SCHEDULE = ofServer(
            "backup_schedule",
            OptionType.schedule(),
            "",
            "none",
            "When backups begin by themselves, in the container's time zone. One that cannot begin, because another one still"
                    + " runs or the container was down, is reported and not made up for.");
    static final Option<Duration> BACKUP_SCHEDULE_JITTER = ofServer(
            "backup_schedule_jitter",
            OptionType.interval(),
            "0 SECONDS",
            "By how much each of them begins later at most, at random, so that many servers do not begin at once.");

    static final Option<Integer> MINIMUM_REDUNDANCY = ofServer(
            "minimum_redundancy",
            OptionType.integer(0, Integer.MAX_VALUE),
            "0",
            "How many whole backups there have to be; no deletion leaves fewer.");
    static final Option<RetentionPolicy> RETENTION_POLICY = ofServer(
            "retention_policy",
            OptionType.retentionPolicy(),
            "",
            "none",
            "Which backups are needed; others are obsolete, and are deleted with the WAL that only they need. Without one"
                    + " nothing is ever obsolete. A month has 31 days.");
    static final Option<String> RETENTION_POLICY_MODE = ofServer(
            "retention_policy_mode",
            OptionType.oneOf("auto", "manual"),
            "auto",
            "`auto`: what is obsolete is deleted within a minute or so. `manual`: only `retention:apply` deletes it.");
    static final Option<String> WAL_RETENTION_POLICY = ofServer(
            "wal_retention_policy",
            OptionType.oneOf("main"),
            "main",
            "Which WAL is kept: what the backups that `retention_policy` needs are recovered with.");
    static final Option<List<String>> RECOVERY_OPTIONS = ofServer(
            "recovery_options",
            OptionType.listOf("get-wal", "delta-restore"),
            "",
            "none",
            "`get-wal`: a restored server fetches its WAL by `restore_command`, instead of having it copied."
                    + " `delta-restore`: a restore uses what an older copy at its destination holds.");

    private static final List<Option<?>> SINGLE = List.of(
            MATRIARCH_HOME,
            CHECK_TIMEOUT,
            DESCRIPTION,
            ACTIVE,
            CONNINFO,
            STREAMING_CONNINFO,
            BACKUP_METHOD,
            REPOSITORY,
            REPOSITORY_FORMAT,
            COMPRESSION,
            COMPRESSION_LEVEL,
            STREAMING_ARCHIVER,
            ARCHIVER,
            SLOT_NAME,
            CREATE_SLOT,
            STREAMING_ARCHIVER_NAME,
            STREAMING_BACKUP_NAME,
            IMMEDIATE_CHECKPOINT,
            BANDWIDTH_LIMIT,
            SSH_COMMAND,
            REUSE_BACKUP,
            NETWORK_COMPRESSION,
            TABLESPACE_BANDWIDTH_LIMIT,
            BACKUP_OPTIONS,
            PARALLEL_JOBS,
            BASEBACKUP_RETRY_TIMES,
            BASEBACKUP_RETRY_SLEEP,
            PLUGIN_WAIT,
            BACKUP_SCHEDULE,
            BACKUP_SCHEDULE_JITTER,
            MINIMUM_REDUNDANCY,
            RETENTION_POLICY,
            RETENTION_POLICY_MODE,
            WAL_RETENTION_POLICY,
            RECOVERY_OPTIONS);

    static final List<Option<?>> ALL = Stream.of(SINGLE, MonitoringOptions.ALL, HookOptions.BY_HOOK.values())
            .flatMap(Collection::stream)
            .collect(Collectors.toUnmodifiableList());

    private static final Map<String, Option<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Option::name, Function.identity()));

    private Options() {}

    static Optional<Option<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Returns whether there is such an option, and it stands in the global file only. */
    static boolean isGlobal(String name) {
        return find(name).map(Option::global).orElse(false);
    }

    /** Returns the options that may stand in a server's file. */
    static List<Option<?>> ofServers() {
        return ALL.stream().filter(option -> !option.global()).collect(Collectors.toUnmodifiableList());
    }

    /** Says what is wrong with a key that is not in the table, and what may have been meant. */
    static String whyUnknown(String key) {
        if (key.equals("barman_home")) {
            return "is called 'matriarch_home' here, and stands in org.matriarch.cfg";
        }
        if (BarmanOptions.contains(key)) {
            return "is an option of Barman that is not supported yet";
        }
        return "is not an option; the nearest is '%s'".formatted(nearest(key, BY_NAME.keySet()));
    }

    /** Returns the name that takes the fewest changes of a character to come from {@code word}. */
    static String nearest(String word, Iterable<String> names) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String name : sorted(names)) {
            int distance = distance(word, name);
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return nearest;
    }

    private static List<String> sorted(Iterable<String> names) {
        var list = new ArrayList<String>();
        names.forEach(list::add);
        list.sort(Comparator.naturalOrder());
        return list;
    }

    /** Levenshtein's distance, row by row. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int substitution = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
