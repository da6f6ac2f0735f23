package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies files one after another over one SFTP channel. Used by one thread. */
final class FileCopier {

    private static final Logger LOG = LoggerFactory.getLogger(FileCopier.class);
    private static final int BUFFER_BYTES = 1 << 17;

    private final String host;
    private final ChannelSftp channel;
    private final TransferReceiver receiver;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    FileCopier(Connection connection, TransferReceiver receiver) {
        this.host = connection.host();
        this.channel = connection.files();
        this.receiver = receiver;
    }

    /**
     * Copies a file, as long as it was when it was listed. The server may have removed it, and it may be shorter by now; the
     * WAL repairs that, as in any backup of a running server.
     */
    void copy(RemoteFile file, Throttle throttle) throws IOException, InterruptedException {
        if (receiver.reuse(file.path(), file.sizeBytes(), file.mode(), file.modified())) {
            return;
        }
        try (InputStream in = channel.get(RemoteTree.escaped(file.location()))) {
            copy(in, file, throttle);
        } catch (SftpException e) {
            if (!Failures.isMissing(e)) {
                throw Failures.reading(host, file.location(), e);
            }
            LOG.debug("'{}' vanished before it was copied", file.location());
        }
    }

    private void copy(InputStream in, RemoteFile file, Throttle throttle) throws IOException, InterruptedException {
        try (TransferFile target = receiver.file(file.path(), file.sizeBytes(), file.mode(), file.modified())) {
            long left = file.sizeBytes();
            while (left > 0) {
                int length = read(in, file, (int) Math.min(left, buffer.length));
                throttle.await(length);
                target.write(buffer, 0, length);
                left -= length;
            }
        }
    }

    /** Fills the buffer, with zeros after the end of the file. */
    private int read(InputStream in, RemoteFile file, int length) throws IOException {
        int filled;
        try {
            filled = in.readNBytes(buffer, 0, length);
        } catch (IOException e) {
            throw Failures.reading(host, file.location(), e);
        }
        Arrays.fill(buffer, filled, length, (byte) 0);
        return length;
    }
}
