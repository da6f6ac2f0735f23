package org.matriarch.core.backup.internal;

import java.util.Optional;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Starts backups as jobs, after refusing those that could never succeed. */
@Component(service = Backups.class)
public final class BackupService implements Backups {

    private static final int MIN_RATE_KIB = 32;
    private static final int MAX_RATE_KIB = 1 << 20;

    private final Servers servers;
    private final Jobs jobs;
    private final CurrentServices services;

    /** Uses the services of the other parts of the product. */
    @Activate
    public BackupService(@Reference Servers servers, @Reference Jobs jobs, @Reference ServiceSupply supply) {
        this(servers, jobs, supply.current());
    }

    BackupService(Servers servers, Jobs jobs, CurrentServices services) {
        this.servers = servers;
        this.jobs = jobs;
        this.services = services;
    }

    @Override
    public Job create(String server, BackupOptions options) {
        ServerConfiguration configuration = servers.requireServer(server);
        if (!configuration.active()) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_REFUSED,
                    "unable to back up server '%s': it is not active".formatted(server),
                    "set 'active = true' in etc/org.matriarch.server-%s.cfg.".formatted(server));
        }
        options.name().ifPresent(name -> requireFree(configuration, name));
        options.bandwidthLimitKib().ifPresent(BackupService::requireRate);
        return jobs.submit(
                new JobRequest("backup:create", server, "", Optional.of("backup " + server)),
                new BackupRun(configuration, options, services));
    }

    private void requireFree(ServerConfiguration server, String name) {
        BackupName.requireUsable(name);
        services.get().plugins().requireRepository(server).backups().stream()
                .filter(backup -> backup.name().equals(Optional.of(name)))
                .findFirst()
                .ifPresent(backup -> {
                    throw BackupName.refused(
                            name,
                            "backup '%s' of server '%s' has that name".formatted(backup.id(), server.name()),
                            "choose another name, or delete that backup first.");
                });
    }

    private static void requireRate(int kib) {
        // What PostgreSQL takes for MAX_RATE.
        if (kib != 0 && (kib < MIN_RATE_KIB || kib > MAX_RATE_KIB)) {
            throw new MatriarchException(
                    ErrorCode.USAGE,
                    "bandwidth limit %d KiB/s is out of range".formatted(kib),
                    "give 0 for no limit, or %d to %d KiB/s.".formatted(MIN_RATE_KIB, MAX_RATE_KIB));
        }
    }
}
