package org.matriarch.jmx.internal.bean;

import java.util.Map;
import java.util.Optional;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.matriarch.api.access.Role;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.api.wal.WalSwitch;
import org.matriarch.jmx.internal.open.OpenBean;
import org.matriarch.jmx.internal.open.OpenFields;
import org.matriarch.jmx.internal.open.Param;

/** A server: how it stands, its checks, its configuration. */
final class ServerBean {

    private static final OpenFields<ServerStatus> STATUS = OpenFields.<ServerStatus>of(
                    "ServerStatus", "How a server stands")
            .text("server", "its name", ServerStatus::server)
            .text("description", "as configured", ServerStatus::description)
            .flag("active", "whether it is looked after", ServerStatus::active)
            .flag("reachable", "whether PostgreSQL answered", ServerStatus::reachable)
            .text("problem", "what could not be found out, and why", ServerStatus::problem)
            .text("postgresVersion", "as it last said", ServerStatus::postgresVersion)
            .text("systemId", "PostgreSQL's system identifier", ServerStatus::systemId)
            .number("timeline", "where it is", ServerStatus::timeline)
            .flag("standby", "whether it is one", ServerStatus::standby)
            .text("currentLsn", "where it is", ServerStatus::currentLsn)
            .number("databaseSizeBytes", "of all databases", ServerStatus::databaseSizeBytes)
            .number("backups", "how many", ServerStatus::backups)
            .number("backupsDone", "how many of them are whole", ServerStatus::backupsDone)
            .number("minimumRedundancy", "how many there have to be", ServerStatus::minimumRedundancy)
            .text("lastBackup", "id of the newest whole one", ServerStatus::lastBackup)
            .text("lastBackupEnd", "ISO 8601, UTC", ServerStatus::lastBackupEnd)
            .text("oldestRestorable", "the earliest moment that can be restored", ServerStatus::oldestRestorable)
            .number("walFiles", "archived", ServerStatus::walFiles)
            .number("walBytes", "archived, as stored", ServerStatus::walBytes)
            .text("lastArchivedWal", "the newest segment", ServerStatus::lastArchivedWal)
            .text("lastArchivedTime", "ISO 8601, UTC", ServerStatus::lastArchivedTime)
            .decimal("walFilesPerHour", "archived of late", ServerStatus::walFilesPerHour)
            .number("lagBytes", "how far the receiver is behind", ServerStatus::lagBytes)
            .build();

    private ServerBean() {}

    static OpenBean of(String server, Services services, Snapshot<ServerStatus> status) {
        TabularType options = Values.OPTION.tableType("name");
        return OpenBean.describedAs("The PostgreSQL server '%s': how it stands".formatted(server))
                .attributes(STATUS, status::get)
                .look(
                        "check",
                        "Runs all checks",
                        Values.CHECK.arrayType(),
                        arguments -> Values.CHECK.show(services.checks().check(server)))
                .look(
                        "showConfiguration",
                        "Returns the options in force, secrets masked",
                        options,
                        arguments -> Values.OPTION.table(
                                options, describe(services, server).entrySet()))
                .act(
                        "switchWal",
                        "Makes the server close its current WAL segment; returns its name, if there was anything in it",
                        Role.OPERATOR,
                        SimpleType.STRING,
                        arguments -> closed(services.walFiles().switchWal(server, arguments.flag(0)))
                                .orElse(null),
                        Param.flag("force", "write a checkpoint first, so that there is something to switch"))
                .notification(EventNotifications.TYPE, "something happened to the server; the data are an Event")
                .build();
    }

    private static Map<String, String> describe(Services services, String server) {
        return services.servers().describe(server);
    }

    private static Optional<String> closed(WalSwitch result) {
        return result.closed().map(Object::toString);
    }
}
