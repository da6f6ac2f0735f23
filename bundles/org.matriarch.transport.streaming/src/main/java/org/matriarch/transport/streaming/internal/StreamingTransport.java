package org.matriarch.transport.streaming.internal;

import java.io.IOException;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Brings a data directory over one replication connection, as the server's own BASE_BACKUP sends it. */
@Component(service = BackupTransport.class, property = BackupTransport.PROPERTY_ID + "=" + StreamingTransport.ID)
public final class StreamingTransport implements BackupTransport {

    static final String ID = "streaming";

    /** Needs nothing: what it uses comes with each request. */
    @Activate
    public StreamingTransport() {
        // Stateless.
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public TransferEnd transfer(TransferRequest request, TransferReceiver receiver)
            throws TransportException, InterruptedException {
        try (var delivery = new Delivery(receiver)) {
            BaseBackupEnd end = request.baseBackup(delivery);
            delivery.requireComplete();
            return new TransferEnd(end.endLsn(), end.timeline());
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw new TransportException("unable to deliver the files of the backup: " + e.getMessage(), true, e);
        }
    }
}
