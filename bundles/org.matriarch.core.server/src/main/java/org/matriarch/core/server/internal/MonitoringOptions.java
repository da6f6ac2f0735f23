package org.matriarch.core.server.internal;

import static org.matriarch.core.server.internal.Option.ofServer;

import java.time.Duration;
import java.util.List;

/** The options that say from when on a check fails. */
final class MonitoringOptions {

    static final Option<Duration> LAST_BACKUP_MAXIMUM_AGE = ofServer(
            "last_backup_maximum_age",
            OptionType.age(),
            "",
            "no limit",
            "How old the newest whole backup may be before `server:check` fails. A month has 31 days.");
    static final Option<Long> LAST_BACKUP_MINIMUM_SIZE = ofServer(
            "last_backup_minimum_size",
            OptionType.size(),
            "",
            "no limit",
            "How large the newest whole backup is at least, as a restore writes it; a smaller one makes `server:check` fail."
                    + " Incremental backups are not looked at.");
    static final Option<Duration> LAST_WAL_MAXIMUM_AGE = ofServer(
            "last_wal_maximum_age",
            OptionType.age(),
            "",
            "no limit",
            "How long ago the newest WAL file may have been archived before `server:check` fails. A server that nobody writes"
                    + " to completes none unless its `archive_timeout` is set.");
    static final Option<Integer> MAX_INCOMING_WALS_QUEUE = ofServer(
            "max_incoming_wals_queue",
            OptionType.integer(0, Integer.MAX_VALUE),
            "",
            "no limit",
            "How many WAL files, handed over or received, may wait to be archived before `server:check` fails.");

    static final Option<Duration> CHECK_INTERVAL = ofServer(
            "check_interval",
            OptionType.interval(),
            "5 MINUTES",
            "How often the server is checked by itself, for notifiers and metrics; `0 MINUTES` for never.");

    static final List<Option<?>> ALL = List.of(
            LAST_BACKUP_MAXIMUM_AGE,
            LAST_BACKUP_MINIMUM_SIZE,
            LAST_WAL_MAXIMUM_AGE,
            MAX_INCOMING_WALS_QUEUE,
            CHECK_INTERVAL);

    private MonitoringOptions() {}
}
