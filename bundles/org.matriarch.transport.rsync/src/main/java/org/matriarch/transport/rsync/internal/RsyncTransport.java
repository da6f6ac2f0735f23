package org.matriarch.transport.rsync.internal;

import java.io.IOException;
import java.util.List;
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

/** Copies a data directory with the programs rsync and ssh, straight to where the backup lies. */
@Component(service = BackupTransport.class, property = BackupTransport.PROPERTY_ID + "=" + RsyncTransport.ID)
public final class RsyncTransport implements CopyingTransport {

    static final String ID = "rsync";

    /** While it is copied, the checkpoint that recovery begins with must not move on: so it comes last. */
    private static final BackupPath CONTROL_FILE = BackupPath.ofData("global/pg_control");

    /** Needs nothing: what it uses comes with each request. */
    @Activate
    public RsyncTransport() {
        // Stateless.
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<CheckResult> check(CopyHost host, CopySource source) throws InterruptedException {
        return new HostCheck(host, source).results();
    }

    @Override
    public TransferEnd transfer(TransferRequest request, TransferReceiver receiver)
            throws TransportException, InterruptedException {
        RsyncHost host = RsyncHost.of(request.host());
        try (var programs = new Programs();
                var tasks = new Tasks(request.jobs(), programs::close)) {
            var rsync = new Rsync(host, programs);
            receiver.localDirectory(0, 0); // before the server writes a checkpoint in vain
            tasks.one(() -> {
                rsync.requireHost();
                return rsync;
            });
            try (OpenBackup backup = request.openBackup()) {
                CopySource source = backup.source();
                List<RemoteFile> files = tasks.one(() -> list(rsync, source, receiver));
                var copy = new ParallelCopy(rsync, programs, receiver, tasks, request.jobs());
                copy(copy, files, source);
                return backup.finish();
            }
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw new TransportException("unable to copy the files of the backup: " + e.getMessage(), true, e);
        }
    }

    private static List<RemoteFile> list(Rsync rsync, CopySource source, TransferReceiver receiver) throws IOException {
        var tree = new RemoteTree(rsync, receiver);
        for (Area area : source.areas()) {
            tree.add(area);
        }
        tree.addConfiguration(source.configurationFiles());
        if (tree.files().stream().noneMatch(RsyncTransport::isControl)) {
            throw Failures.noDataDirectory(rsync.host(), source.areas().get(0).directory());
        }
        return tree.files();
    }

    private static void copy(ParallelCopy copy, List<RemoteFile> files, CopySource source)
            throws IOException, InterruptedException {
        List<RemoteFile> others =
                files.stream().filter(file -> !isControl(file)).toList();
        List<RemoteFile> control =
                files.stream().filter(RsyncTransport::isControl).toList();
        copy.copy(copy.withoutUnchanged(others), source.areas());
        List<RemoteFile> vanished = copy.copy(control, source.areas());
        if (!vanished.isEmpty()) {
            throw new TransportException(
                    "'%s' vanished while the files were copied".formatted(CONTROL_FILE), true, null);
        }
    }

    private static boolean isControl(RemoteFile file) {
        return file.path().equals(CONTROL_FILE);
    }
}
