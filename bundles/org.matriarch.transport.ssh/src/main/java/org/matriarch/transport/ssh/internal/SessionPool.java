package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.matriarch.spi.transport.TransportException;

/** Connections to one host that are used again: opened as they are needed, and forgotten when they break. Thread-safe. */
final class SessionPool implements AutoCloseable {

    private final SshHost host;
    private final Semaphore places;

    /** One at a time: a server turns away those that come while too many are still being let in. */
    private final Object door = new Object();

    /** Both guarded by this. */
    private final Deque<SftpSession> idle = new ArrayDeque<>();

    private final Set<SftpSession> busy = new HashSet<>();

    SessionPool(SshHost host, int connections) {
        this.host = host;
        this.places = new Semaphore(connections);
    }

    /** Returns the host. */
    SshHost host() {
        return host;
    }

    /**
     * Returns a connection for the caller alone, until it gives it back; waits for one if all are in use.
     *
     * @throws TransportException if the host is not reached
     */
    SftpSession borrow() throws IOException {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(host.name(), e);
        }
        boolean borrowed = false;
        try {
            SftpSession session = next();
            borrowed = true;
            return session;
        } finally {
            if (!borrowed) {
                places.release();
            }
        }
    }

    /** Makes sure that the host is there, and does what is needed. */
    void reach() throws TransportException {
        SftpSession first = open();
        synchronized (this) {
            idle.push(first);
        }
    }

    private SftpSession next() throws TransportException {
        synchronized (this) {
            for (SftpSession session = idle.poll(); session != null; session = idle.poll()) {
                if (session.sftp().isConnected()) {
                    busy.add(session);
                    return session;
                }
                session.sftp().close();
            }
        }
        SftpSession session = open();
        synchronized (this) {
            busy.add(session);
        }
        return session;
    }

    private SftpSession open() throws TransportException {
        synchronized (door) {
            Session session = host.connect();
            boolean open = false;
            try {
                var sftp = Sftp.open(session);
                for (String extension : SftpSession.NEEDED) {
                    if (!sftp.has(extension)) {
                        throw Failures.tooLittle(host.name(), extension);
                    }
                }
                open = true;
                return new SftpSession(sftp);
            } catch (TransportException e) {
                throw e;
            } catch (JSchException e) {
                throw Connection.noFiles(host, session, e);
            } catch (IOException e) {
                throw Failures.broken(host.name(), e);
            } finally {
                if (!open) {
                    session.disconnect();
                }
            }
        }
    }

    /** Takes a connection back; one on which an answer is missing is closed. */
    void giveBack(SftpSession session, boolean usable) {
        synchronized (this) {
            busy.remove(session);
            if (usable && session.sftp().isConnected()) {
                idle.push(session);
            } else {
                session.sftp().close();
            }
        }
        places.release();
    }

    /** Closes all connections, also those in use. */
    @Override
    public void close() {
        synchronized (this) {
            idle.forEach(session -> session.sftp().close());
            idle.clear();
            busy.forEach(session -> session.sftp().close());
        }
    }
}
