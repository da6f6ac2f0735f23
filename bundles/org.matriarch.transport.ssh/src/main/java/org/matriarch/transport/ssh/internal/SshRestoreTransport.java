package org.matriarch.transport.ssh.internal;

import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.RestoreTransport;
import org.matriarch.spi.transport.TransportException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Restores to other hosts over SFTP. */
@Component(service = RestoreTransport.class, property = RestoreTransport.PROPERTY_ID + "=" + SshTransport.ID)
public final class SshRestoreTransport implements RestoreTransport {

    /** Needs nothing: what it uses comes with each restore. */
    @Activate
    public SshRestoreTransport() {
        // Stateless.
    }

    @Override
    public String id() {
        return SshTransport.ID;
    }

    @Override
    public HostFiles open(CopyHost host, int connections) throws TransportException {
        var pool = new SessionPool(SshHost.of(host), connections);
        pool.reach();
        return new RemoteFiles(pool);
    }
}
