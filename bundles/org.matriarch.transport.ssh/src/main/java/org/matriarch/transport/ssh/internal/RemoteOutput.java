package org.matriarch.transport.ssh.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.matriarch.spi.transport.HostFiles;

/** A file that is written over a connection of its own, with many pieces on their way at the same time. */
final class RemoteOutput implements HostFiles.Output {

    private static final int PIECE = 32 << 10;
    private static final int MOST_UNANSWERED = 64;
    private static final int OWNER_FILE = 0600;

    private final SessionPool pool;
    private final SftpSession session;
    private final Path file;
    private final byte[] handle;
    private final int mode;
    private final byte[] piece = new byte[PIECE];
    private final Deque<SftpRequest> unanswered = new ArrayDeque<>();
    private long offset;
    private boolean finished;
    private boolean closed;

    RemoteOutput(SessionPool pool, SftpSession session, Path file, byte[] handle, int mode) {
        this.pool = pool;
        this.session = session;
        this.file = file;
        this.handle = handle.clone();
        this.mode = mode;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                int length = Math.min(bytes.remaining(), PIECE);
                bytes.get(piece, 0, length);
                send(session.withHandle(SftpRequest.WRITE, handle)
                        .offset(offset)
                        .data(piece, 0, length));
                offset += length;
                while (unanswered.size() > MOST_UNANSWERED) {
                    session.sftp().flush();
                    takeAnswer();
                }
            }
        } catch (SftpSession.Refusal e) {
            throw refused(e);
        } catch (IOException e) {
            throw Failures.broken(pool.host().name(), e);
        }
    }

    @Override
    public void finish() throws IOException {
        try {
            if (mode != OWNER_FILE) {
                send(session.withHandle(SftpRequest.FSETSTAT, handle).permissions(mode));
            }
            send(session.syncOf(handle));
            send(session.withHandle(SftpRequest.CLOSE, handle));
            takeAnswers();
            finished = true;
        } catch (SftpSession.Refusal e) {
            throw refused(e);
        } catch (IOException e) {
            throw Failures.broken(pool.host().name(), e);
        }
    }

    private void send(SftpRequest request) throws IOException {
        session.sftp().send(request);
        unanswered.add(request);
    }

    private void takeAnswers() throws IOException {
        session.sftp().flush();
        while (!unanswered.isEmpty()) {
            takeAnswer();
        }
    }

    private void takeAnswer() throws IOException {
        SftpSession.accepted(session.sftp().answer(unanswered.remove()));
    }

    private IOException refused(SftpSession.Refusal refusal) throws IOException {
        while (!unanswered.isEmpty()) {
            session.sftp().answer(unanswered.remove());
        }
        return Failures.refused(pool.host().name(), file, explained(session, file, refusal));
    }

    /** A server says only that it failed; mostly for want of room. */
    static SftpSession.Refusal explained(SftpSession session, Path file, SftpSession.Refusal refusal)
            throws IOException {
        Path directory = file.getParent();
        if (directory == null || session.find(directory).isEmpty()) {
            return refusal;
        }
        long usable = session.fileSystem(directory).usableBytes();
        return usable < PIECE
                ? new SftpSession.Refusal(refusal.status(), "no space is left, %d bytes are free".formatted(usable))
                : refusal;
    }

    /** What was not finished may have answers under way: its connection is given up. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        boolean usable = finished;
        try {
            if (!finished && unanswered.isEmpty() && session.sftp().isConnected()) {
                send(session.withHandle(SftpRequest.CLOSE, handle));
                takeAnswers();
                usable = true;
            }
        } catch (IOException e) {
            throw Failures.broken(pool.host().name(), e);
        } finally {
            pool.giveBack(session, usable);
        }
    }
}
