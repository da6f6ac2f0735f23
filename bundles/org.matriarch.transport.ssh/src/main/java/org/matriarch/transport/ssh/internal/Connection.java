package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.matriarch.spi.transport.TransportException;

/** A connection to a host, with one channel for its files. Used by one thread; any other may close it. */
final class Connection implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** So many reads of 32 KiB are asked for before the first answer is there. */
    private static final int REQUESTS = 64;

    private static final int LOOKS = 10;
    private static final long LOOK_MILLIS = 50;

    private final String host;
    private final Session session;
    private final ChannelSftp files;

    private Connection(String host, Session session, ChannelSftp files) {
        this.host = host;
        this.session = session;
        this.files = files;
    }

    static Connection open(SshHost host) throws TransportException {
        Session session = host.connect();
        boolean open = false;
        try {
            var files = (ChannelSftp) session.openChannel("sftp");
            files.setFilenameEncoding(StandardCharsets.UTF_8);
            files.setBulkRequests(REQUESTS);
            files.connect((int) TIMEOUT.toMillis());
            open = true;
            return new Connection(host.name(), session, files);
        } catch (JSchException e) {
            throw noFiles(host, session, e);
        } finally {
            if (!open) {
                session.disconnect();
            }
        }
    }

    /** Describes why a connection gives no files: its channel ends a moment before the connection itself is known to be gone. */
    static TransportException noFiles(SshHost host, Session session, JSchException e) {
        try {
            for (int look = 0; look < LOOKS && session.isConnected(); look++) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
        return session.isConnected()
                ? Failures.noSftp(host.name(), e)
                : Failures.broken(host.name(), new IOException(e.getMessage(), e));
    }

    /** Returns the name of the host. */
    String host() {
        return host;
    }

    ChannelSftp files() {
        return files;
    }

    @Override
    public void close() {
        session.disconnect();
    }
}
