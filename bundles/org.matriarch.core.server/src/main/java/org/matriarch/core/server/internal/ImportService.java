package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.file.DurableFile;
import org.matriarch.api.server.BarmanImport;
import org.matriarch.api.server.BarmanImportReport;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Imports Barman's configuration into the files of {@code etc/}. */
@Component(service = BarmanImport.class)
public final class ImportService implements BarmanImport {

    private static final Logger LOG = LoggerFactory.getLogger(ImportService.class);

    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final ConfiguredServers servers;
    private final Duration patience;

    /** Begins with nothing. */
    @Activate
    public ImportService(BundleContext context, @Reference ConfiguredServers servers) {
        this(configurationDirectory(context), servers, PATIENCE);
    }

    ImportService(Path directory, ConfiguredServers servers, Duration patience) {
        this.directory = directory;
        this.servers = servers;
        this.patience = patience;
    }

    @Override
    public BarmanImportReport plan(Request request) {
        return ImportPlanner.plan(request, servers.files(directory)).report();
    }

    @Override
    public synchronized BarmanImportReport carryOut(Request request) throws InterruptedException {
        ImportPlan plan = ImportPlanner.plan(request, servers.files(directory));
        if (!plan.report().problems().isEmpty()) {
            return plan.report();
        }
        Path global = directory.resolve(ConfiguredServers.GLOBAL_FILE);
        for (ImportPlan.Target file : plan.files()) {
            write(file);
            LOG.info("'{}' written from '{}'", file.path(), request.configuration());
            if (file.path().equals(global)) {
                // A server that came first would begin to work, and to receive WAL, in the wrong directory.
                awaitGlobal(plan);
            }
        }
        return plan.report();
    }

    private void awaitGlobal(ImportPlan plan) throws InterruptedException {
        if (!servers.awaitGlobal(plan.global(), patience)) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'%s' is written, but was not taken within %d s, so the servers' files are not"
                            .formatted(directory.resolve(ConfiguredServers.GLOBAL_FILE), patience.toSeconds()),
                    "look into log/karaf.log for the reason, then give the same command again; it goes on with them.");
        }
    }

    private static void write(ImportPlan.Target file) {
        try {
            Set<PosixFilePermission> permissions = file.secret()
                    ? DurableFile.OWNER_ONLY
                    : Files.exists(file.path()) ? Files.getPosixFilePermissions(file.path()) : READABLE;
            DurableFile.replace(file.path(), file.content().getBytes(ISO_8859_1), permissions);
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to write '%s': %s".formatted(file.path(), e),
                    "make it writable for the container's user, then give the same command again.",
                    e);
        }
    }

    private static Path configurationDirectory(BundleContext context) {
        String etc = context.getProperty("karaf.etc");
        return etc == null ? context.getDataFile("").toPath() : Path.of(etc);
    }
}
