package org.matriarch.transport.ssh.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.jcraft.jsch.ChannelSubsystem;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * SFTP as OpenSSH speaks it, where files are written: the library's own client neither brings a file to the disk nor creates one
 * that must not exist, or that nobody else may read. Used by one thread at a time.
 *
 * <p>Requests are numbered, and answered in any order; this client waits for answers in the order in which it asked. Source:
 * draft-ietf-secsh-filexfer-02 (version 3), and PROTOCOL of OpenSSH for the extensions.
 */
final class Sftp {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int VERSION = 3;
    private static final int LONGEST_ANSWER = 1 << 20;

    private static final int INIT = 1;
    private static final int VERSION_ANSWER = 2;
    private static final int EXTENDED = 200;

    /** Types of answers. */
    static final int STATUS = 101;

    static final int HANDLE = 102;
    static final int DATA = 103;
    static final int NAME = 104;
    static final int ATTRIBUTES = 105;
    static final int EXTENDED_REPLY = 201;

    private final Session session;
    private final ChannelSubsystem channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Map<String, String> extensions = new HashMap<>();
    private int lastId;

    private Sftp(Session session, ChannelSubsystem channel, DataInputStream in, DataOutputStream out) {
        this.session = session;
        this.channel = channel;
        this.in = in;
        this.out = out;
    }

    /**
     * Begins to speak over a connection, which is closed with this.
     *
     * @throws JSchException if the host does not offer it
     */
    static Sftp open(Session session) throws JSchException, IOException {
        var channel = (ChannelSubsystem) session.openChannel("subsystem");
        channel.setSubsystem("sftp");
        channel.setWantReply(true);
        var in = new DataInputStream(channel.getInputStream());
        var out = new DataOutputStream(new BufferedOutputStream(channel.getOutputStream(), SftpRequest.LARGEST));
        channel.connect((int) TIMEOUT.toMillis());
        var sftp = new Sftp(session, channel, in, out);
        sftp.greet();
        return sftp;
    }

    private void greet() throws IOException {
        out.writeInt(1 + Integer.BYTES);
        out.writeByte(INIT);
        out.writeInt(VERSION);
        out.flush();
        ByteBuffer answer = readPacket();
        if (answer.get() != VERSION_ANSWER) {
            throw new IOException("the SFTP server answers against its protocol");
        }
        int version = answer.getInt();
        if (version != VERSION) {
            throw new IOException("the SFTP server speaks version %d, not 3".formatted(version));
        }
        while (answer.hasRemaining()) {
            extensions.put(text(answer), text(answer));
        }
    }

    /** Returns the connection that this is spoken over. */
    Session session() {
        return session;
    }

    /** Returns whether the server has an extension, such as {@code fsync@openssh.com}. */
    boolean has(String extension) {
        return extensions.containsKey(extension);
    }

    /** Returns whether requests can be sent. */
    boolean isConnected() {
        return session.isConnected() && channel.isConnected() && !channel.isClosed();
    }

    /** Begins a request. */
    SftpRequest request(int type) {
        lastId++;
        return new SftpRequest(type, lastId);
    }

    /** Begins a request that only some servers know. */
    SftpRequest extended(String name) {
        return request(EXTENDED).text(name);
    }

    /** Sends a request without waiting; {@link #answer} has to be called for each, in order. */
    void send(SftpRequest request) throws IOException {
        request.writeTo(out);
    }

    /** Lets everything go that was sent. */
    void flush() throws IOException {
        out.flush();
    }

    /** Returns the next answer; it has to be that to {@code request}. */
    SftpAnswer answer(SftpRequest request) throws IOException {
        ByteBuffer packet = readPacket();
        int type = packet.get() & 0xff;
        int id = packet.getInt();
        if (id != request.id()) {
            throw new IOException("the SFTP server answers out of order");
        }
        return new SftpAnswer(type, packet);
    }

    /** Sends a request and waits for its answer. */
    SftpAnswer ask(SftpRequest request) throws IOException {
        send(request);
        flush();
        return answer(request);
    }

    /** Ends the connection. May be called by any thread. */
    void close() {
        session.disconnect();
    }

    private ByteBuffer readPacket() throws IOException {
        int length = in.readInt();
        if (length <= Integer.BYTES || length > LONGEST_ANSWER) {
            throw new IOException(
                    "the SFTP server sends %d bytes at once; does a start-up file of the shell print something?"
                            .formatted(Integer.toUnsignedLong(length)));
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** Reads a text of the protocol. */
    static String text(ByteBuffer from) {
        return new String(bytes(from), UTF_8);
    }

    /** Reads bytes of the protocol. */
    static byte[] bytes(ByteBuffer from) {
        byte[] bytes = new byte[from.getInt()];
        from.get(bytes);
        return bytes;
    }
}
