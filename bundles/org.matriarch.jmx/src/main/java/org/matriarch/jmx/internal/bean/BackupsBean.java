package org.matriarch.jmx.internal.bean;

import java.util.List;
import java.util.Optional;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.matriarch.api.access.Role;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.jmx.internal.open.Arguments;
import org.matriarch.jmx.internal.open.OpenBean;
import org.matriarch.jmx.internal.open.Param;

/** The catalogue of a server's backups: what there is, and all that is done with a backup. */
final class BackupsBean {

    private static final Param BACKUP =
            Param.text("backup", "id or name of a backup, latest/last, oldest/first, latest-full or last-failed");

    private final String server;
    private final Services services;
    private final Snapshot<List<Backup>> backups;

    private BackupsBean(String server, Services services, Snapshot<List<Backup>> backups) {
        this.server = server;
        this.services = services;
        this.backups = backups;
    }

    static OpenBean of(String server, Services services, Snapshot<List<Backup>> backups) {
        var bean = new BackupsBean(server, services, backups);
        TabularType table = Values.BACKUP.tableType("id");
        OpenBean.Builder builder = OpenBean.describedAs("The backups of the server '%s'".formatted(server))
                .attribute(
                        "Count",
                        "how many there are",
                        SimpleType.INTEGER,
                        () -> backups.get().size())
                .attribute("Backups", "all of them", table, () -> Values.BACKUP.table(table, backups.get()))
                .look(
                        "list",
                        "Returns the backups, oldest first, as they are at this moment",
                        Values.BACKUP.arrayType(),
                        arguments -> Values.BACKUP.show(services.catalog().backups(server)))
                .look(
                        "show",
                        "Returns one backup",
                        Values.BACKUP.type(),
                        arguments -> Values.BACKUP.show(services.catalog().requireBackup(server, arguments.text(0))),
                        BACKUP);
        bean.addTaking(builder);
        bean.addRemoving(builder);
        new RestoreOperations(server, services).addTo(builder, BACKUP);
        return builder.build();
    }

    private void addTaking(OpenBean.Builder builder) {
        builder.act(
                        "create",
                        "Starts a backup, all as configured; returns the number of the job, whose subject becomes the id",
                        Role.OPERATOR,
                        SimpleType.LONG,
                        arguments -> started(services.backups().create(server, BackupOptions.CONFIGURED)))
                .act(
                        "createNamed",
                        "Starts a backup; returns the number of the job, whose subject becomes the id of the backup",
                        Role.OPERATOR,
                        SimpleType.LONG,
                        arguments -> started(services.backups().create(server, options(arguments))),
                        Param.text("name", "what to call it; empty for nothing"),
                        Param.flag("wait", "whether the job lasts until the WAL of the backup is archived"))
                .act(
                        "check",
                        "Looks whether the WAL that the backup needs is archived, and records it",
                        Role.OPERATOR,
                        Values.BACKUP.type(),
                        arguments -> {
                            backups.expire();
                            return Values.BACKUP.show(services.catalog().check(server, arguments.text(0)));
                        },
                        BACKUP)
                .act(
                        "verify",
                        "Reads a backup back against its manifest; returns the number of the job",
                        Role.OPERATOR,
                        SimpleType.LONG,
                        arguments -> services.catalog()
                                .verify(server, arguments.text(0), arguments.flag(1))
                                .id(),
                        BACKUP,
                        Param.flag("fast", "look at presence and size only"))
                .act(
                        "keep",
                        "Keeps a backup, whatever the retention policy says",
                        Role.OPERATOR,
                        Values.BACKUP.type(),
                        arguments -> keep(arguments.text(0), Optional.of(target(arguments.text(1)))),
                        BACKUP,
                        Param.text("target", "full or standalone"));
    }

    private void addRemoving(OpenBean.Builder builder) {
        builder.act(
                        "release",
                        "Keeps a backup no longer",
                        Role.ADMIN,
                        Values.BACKUP.type(),
                        arguments -> keep(arguments.text(0), Optional.empty()),
                        BACKUP)
                .look(
                        "planDeletion",
                        "Returns what deleting a backup would remove",
                        Values.DELETION.type(),
                        arguments -> Values.DELETION.show(services.catalog().planDeletion(server, arguments.text(0))),
                        BACKUP)
                .act(
                        "delete",
                        "Deletes a backup, and what depends on it; returns the number of the job",
                        Role.ADMIN,
                        SimpleType.LONG,
                        arguments -> started(
                                services.catalog().delete(services.catalog().planDeletion(server, arguments.text(0)))),
                        BACKUP)
                .look(
                        "planRetention",
                        "Returns what the retention policy would delete",
                        Values.DELETION.type(),
                        arguments -> Values.DELETION.show(services.retention().plan(server)))
                .act(
                        "applyRetention",
                        "Deletes what the retention policy no longer needs; returns the number of the job",
                        Role.ADMIN,
                        SimpleType.LONG,
                        arguments -> started(
                                services.retention().apply(services.retention().plan(server))));
    }

    private Object keep(String backup, Optional<KeepTarget> target) {
        backups.expire();
        return Values.BACKUP.show(services.retention().keep(server, backup, target));
    }

    private Long started(Job job) {
        backups.expire();
        return job.id();
    }

    private static BackupOptions options(Arguments arguments) {
        BackupOptions configured = BackupOptions.CONFIGURED;
        return new BackupOptions(
                arguments.findText(0),
                configured.immediateCheckpoint(),
                configured.bandwidthLimitKib(),
                configured.jobs(),
                configured.reuse(),
                configured.resume(),
                configured.retryTimes(),
                configured.retrySleep(),
                arguments.flag(1),
                configured.waitTimeout());
    }

    private static KeepTarget target(String word) {
        return KeepTarget.find(word)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.USAGE, "'%s' is no target".formatted(word), "give full or standalone."));
    }
}
