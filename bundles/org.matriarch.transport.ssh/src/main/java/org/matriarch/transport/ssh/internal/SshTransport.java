package org.matriarch.transport.ssh.internal;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.server.CheckResult;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.CopyingTransport;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Copies a data directory over SFTP, several files at a time, each over a connection of its own. */
@Component(service = BackupTransport.class, property = BackupTransport.PROPERTY_ID + "=" + SshTransport.ID)
public final class SshTransport implements CopyingTransport {

    static final String ID = "ssh";

    /** While it is copied, the checkpoint that recovery begins with must not move on: so it comes last. */
    private static final BackupPath CONTROL_FILE = BackupPath.ofData("global/pg_control");

    /** Needs nothing: what it uses comes with each request. */
    @Activate
    public SshTransport() {
        // Stateless.
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<CheckResult> check(CopyHost host, CopySource source) {
        return HostCheck.of(host, source);
    }

    @Override
    public TransferEnd transfer(TransferRequest request, TransferReceiver receiver)
            throws TransportException, InterruptedException {
        SshHost host = SshHost.of(request.host());
        try (var connection = Connection.open(host);
                OpenBackup backup = request.openBackup()) {
            CopySource source = backup.source();
            List<RemoteFile> files = list(connection, source, receiver);
            RemoteFile control = find(CONTROL_FILE, files)
                    .orElseThrow(() -> Failures.noDataDirectory(
                            host.name(), source.areas().get(0).directory()));
            List<RemoteFile> others = files.stream()
                    .filter(file -> !file.equals(control))
                    .sorted(Comparator.comparingLong(RemoteFile::sizeBytes).reversed()) // lest a large one is left over
                    .toList();
            Map<Long, Throttle> throttles = source.areas().stream()
                    .collect(Collectors.toMap(Area::oid, area -> new Throttle(area.maxRateKib())));
            new ParallelCopy(host, receiver, throttles).copy(others, request.jobs());
            new FileCopier(connection, receiver).copy(control, new Throttle(0));
            return backup.finish();
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw new TransportException("unable to copy the files of the backup: " + e.getMessage(), true, e);
        }
    }

    private static List<RemoteFile> list(Connection connection, CopySource source, TransferReceiver receiver)
            throws IOException, InterruptedException {
        var tree = new RemoteTree(connection, receiver);
        for (Area area : source.areas()) {
            tree.add(area);
        }
        for (String file : source.configurationFiles()) {
            tree.addConfiguration(file);
        }
        return tree.files();
    }

    private static Optional<RemoteFile> find(BackupPath path, List<RemoteFile> files) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }
}
