package org.matriarch.jmx.internal.bean;

import java.util.Locale;
import java.util.Map;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.event.Event;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalListing;
import org.matriarch.jmx.internal.open.OpenFields;

/** How values are shown; the names of the fields are those of the commands' JSON. */
final class Values {

    static final OpenFields<Tablespace> TABLESPACE = OpenFields.<Tablespace>of("Tablespace", "A tablespace")
            .text("name", "its name", Tablespace::name)
            .number("oid", "its number", Tablespace::oid)
            .text("location", "its directory on the server", Tablespace::location)
            .build();

    static final OpenFields<Backup> BACKUP = OpenFields.<Backup>of("Backup", "A backup")
            .text("id", "when it began, YYYYMMDDTHHMMSS", Backup::id)
            .text("name", "the operator's name for it", Backup::name)
            .text("server", "whose it is", Backup::server)
            .text("status", "STARTED, WAITING_FOR_WALS, DONE or FAILED", Backup::status)
            .text("kind", "full or incremental", backup -> word(backup.kind()))
            .text("transport", "how its files came", Backup::transport)
            .text("format", "how it lies in the store", Backup::format)
            .text("parent", "the backup it stands on", Backup::parent)
            .number("timeline", "at its begin", backup -> backup.source().timeline())
            .text(
                    "systemId",
                    "PostgreSQL's system identifier",
                    backup -> backup.source().systemId())
            .text("postgresVersion", "at its begin", backup -> backup.source().version())
            .text("beginTime", "ISO 8601, UTC", backup -> backup.span().beginTime())
            .text("endTime", "ISO 8601, UTC", backup -> backup.span().endTime())
            .text("beginLsn", "where recovery begins", backup -> backup.span().beginLsn())
            .text("endLsn", "where it is consistent", backup -> backup.span().endLsn())
            .text("beginWal", "first WAL it needs", Backup::beginWal)
            .text("endWal", "last WAL it needs to be consistent", Backup::endWal)
            .number(
                    "sizeBytes",
                    "what a restore writes",
                    backup -> backup.size().sizeBytes())
            .number(
                    "storedBytes",
                    "what the store holds for it",
                    backup -> backup.size().storedBytes())
            .number(
                    "walBytes",
                    "WAL up to the next backup",
                    backup -> backup.size().walBytes())
            .number("fileCount", "its files", backup -> backup.size().fileCount())
            .several(
                    "tablespaces",
                    "beside the default ones",
                    TABLESPACE,
                    backup -> backup.source().tablespaces())
            .text(
                    "retention",
                    "VALID, OBSOLETE, OBSOLETE*, KEEP:FULL, KEEP:STANDALONE or -",
                    backup -> backup.retention().label())
            .text("error", "why it failed or waits", Backup::error)
            .build();

    static final OpenFields<DeletionPlan> DELETION = OpenFields.<DeletionPlan>of("Deletion", "What a deletion removes")
            .text("server", "from whose repository", DeletionPlan::server)
            .several("backups", "the backup and what depends on it", BACKUP, DeletionPlan::backups)
            .texts("wal", "WAL that nothing needs then", DeletionPlan::wal)
            .number("freedBytes", "room it gives", DeletionPlan::freedBytes)
            .build();

    static final OpenFields<RestorePlan> RESTORE = OpenFields.<RestorePlan>of("Restore", "What a restore does")
            .text("server", "whose backup", plan -> plan.request().server())
            .text("backup", "which one", plan -> plan.backup().id())
            .text("destination", "the data directory", plan -> plan.request().destination())
            .number("timeline", "along which it recovers", RestorePlan::timeline)
            .number("sizeBytes", "what it writes", RestorePlan::sizeBytes)
            .number("fileCount", "in so many files", RestorePlan::fileCount)
            .texts("wal", "WAL that is copied beside", RestorePlan::wal)
            .texts(
                    "settings",
                    "what is written to postgresql.auto.conf",
                    plan -> plan.settings().entrySet().stream()
                            .map(setting -> setting.getKey() + " = " + setting.getValue())
                            .toList())
            .texts("warnings", "what deserves a look before PostgreSQL is started", RestorePlan::warnings)
            .build();

    static final OpenFields<CheckResult> CHECK = OpenFields.<CheckResult>of("Check", "The outcome of a check")
            .text("name", "what is checked", CheckResult::name)
            .text("outcome", "OK, WARNING or FAILED", CheckResult::outcome)
            .text("detail", "what was found", CheckResult::detail)
            .text("hint", "what to do", CheckResult::hint)
            .build();

    static final OpenFields<Map.Entry<String, String>> OPTION = OpenFields.<Map.Entry<String, String>>of(
                    "Option", "An option with the value in force")
            .text("name", "as in the file", Map.Entry::getKey)
            .text("value", "secrets masked", Map.Entry::getValue)
            .build();

    static final OpenFields<ReceiverStatus> RECEIVER = OpenFields.<ReceiverStatus>of("Receiver", "A WAL receiver")
            .text("state", "STOPPED, CONNECTING, STREAMING, BACKING_OFF or REFUSED", ReceiverStatus::state)
            .text("since", "ISO 8601, UTC", ReceiverStatus::since)
            .number("timeline", "that it follows", ReceiverStatus::timeline)
            .text("writtenLsn", "received up to here", ReceiverStatus::written)
            .text("flushedLsn", "on disk up to here", ReceiverStatus::flushed)
            .text("serverLsn", "the server's end as last heard", ReceiverStatus::serverEnd)
            .text("error", "why it is not streaming", ReceiverStatus::error)
            .build();

    static final OpenFields<WalEntry> WAL = OpenFields.<WalEntry>of("WalFile", "A file of the WAL archive")
            .text("name", "its name", WalEntry::name)
            .number("storedBytes", "as stored", WalEntry::storedBytes)
            .text("archived", "ISO 8601, UTC", WalEntry::archived)
            .text("compression", "id of the compressor", WalEntry::compression)
            .build();

    static final OpenFields<WalListing.Gap> GAP = OpenFields.<WalListing.Gap>of("WalGap", "Missing segments")
            .text("first", "the first that is missing", WalListing.Gap::first)
            .text("last", "the last that is missing", WalListing.Gap::last)
            .number("segments", "how many", WalListing.Gap::segments)
            .build();

    static final OpenFields<Job> JOB = OpenFields.<Job>of("Job", "A piece of long work")
            .number("id", "its number", Job::id)
            .text("kind", "what it does, as the command is called", Job::kind)
            .text("server", "for whom", Job::server)
            .text("subject", "on what, such as a backup id", Job::subject)
            .text("state", "QUEUED, RUNNING, WAITING, DONE, FAILED, CANCELLED or INTERRUPTED", Job::state)
            .number("doneBytes", "done so far", job -> job.progress().doneBytes())
            .number(
                    "totalBytes",
                    "to do; 0 while unknown",
                    job -> job.progress().totalBytes())
            .text("step", "what is being done", job -> job.progress().step())
            .text("submitted", "ISO 8601, UTC", Job::submitted)
            .text("started", "ISO 8601, UTC", Job::started)
            .text("ended", "ISO 8601, UTC", Job::ended)
            .text("errorCode", "MATR-nnnn", job -> job.errorCode().map("MATR-%d"::formatted))
            .text("error", "why it failed", Job::error)
            .text("hint", "what to do", Job::hint)
            .build();

    static final OpenFields<PluginInfo> PLUGIN = OpenFields.<PluginInfo>of("Plugin", "A plugin")
            .text("kind", "store, transport, compressor or hook runner", PluginInfo::kind)
            .text("id", "how configurations refer to it", PluginInfo::id)
            .text("state", "ACTIVE, or MISSING if a server needs it", PluginInfo::state)
            .text("version", "of its bundle", PluginInfo::version)
            .text("bundle", "that brings it", PluginInfo::bundle)
            .texts("usedBy", "servers whose configuration refers to it", PluginInfo::usedBy)
            .build();

    static final OpenFields<Event> EVENT = OpenFields.<Event>of("Event", "Something that happened")
            .text("time", "ISO 8601, UTC", Event::time)
            .text("type", "what happened", Event::type)
            .text("server", "to whom", Event::server)
            .text("subject", "to what, such as a backup id", Event::subject)
            .text("message", "for a person", Event::message)
            .build();

    private Values() {}

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
