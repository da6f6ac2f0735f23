package org.matriarch.core.postgres.internal;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that speaks PostgreSQL's protocol, version 3.0: messages, answers to commands, errors.
 *
 * <p>Used by one thread at a time; {@link #close} and the writer by any. Source: PostgreSQL manual, "Frontend/Backend
 * Protocol".
 */
final class WireConnection implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(WireConnection.class);

    /** How long a read waits before it looks whether it is still wanted. */
    static final Duration READ_TIMEOUT = Duration.ofMillis(500);
    /** How long a server may think about a command that needs no thinking. */
    static final Duration PATIENCE = Duration.ofSeconds(60);
    /** For commands that may be silent for hours. TCP keep-alives then tell whether the server is there. */
    static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Socket transport;
    private final Socket socket;
    private final String address;
    private final MessageReader reader;
    private final MessageWriter writer;
    private final Map<String, String> parameters = new ConcurrentHashMap<>();
    private Duration patience = PATIENCE;

    /**
     * Takes over a socket.
     *
     * @param transport the TCP socket
     * @param socket the TLS socket over it, or the same
     */
    WireConnection(Socket transport, Socket socket, String address) throws IOException {
        this.transport = transport;
        this.socket = socket;
        this.address = address;
        reader = new MessageReader(socket.getInputStream());
        writer = new MessageWriter(socket.getOutputStream());
    }

    MessageReader reader() {
        return reader;
    }

    MessageWriter writer() {
        return writer;
    }

    /** Returns host and port, for messages. */
    String address() {
        return address;
    }

    /** Returns what the server reported of a parameter. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** Sets how long {@link #next} waits for a message. */
    void patience(Duration duration) {
        patience = duration;
    }

    /** Sets how long a single read blocks. */
    void readTimeout(Duration timeout) throws IOException {
        socket.setSoTimeout((int) Math.max(1, timeout.toMillis()));
    }

    /** Returns whether bytes wait in the operating system or in the TLS layer. */
    boolean isReadable() throws IOException {
        return socket.getInputStream().available() > 0
                || (transport != socket && transport.getInputStream().available() > 0);
    }

    /**
     * Shows the next message that is no notice and no parameter.
     *
     * @throws ServerError if it is an error; unless that was fatal, the server is then ready for the next command
     * @throws SocketTimeoutException if nothing came for longer than the patience lasts
     * @throws ReadInterruptedException if this thread is interrupted
     */
    char next() throws IOException {
        while (true) {
            await();
            if (!absorb()) {
                return reader.type();
            }
        }
    }

    /** Takes in the message shown if it may come at any time; returns whether it was such a message. */
    boolean absorb() throws IOException {
        switch (reader.type()) {
            case 'E' -> throw error();
            case 'N' -> notice(reader.fields());
            case 'S' -> parameters.put(reader.stringAt(0), reader.stringAt(reader.afterString(0)));
            case 'A' -> LOG.trace("notification from {}", address);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void await() throws IOException {
        long start = System.nanoTime();
        while (!reader.poll()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new SocketTimeoutException("no answer for %d s".formatted(patience.toSeconds()));
            }
        }
    }

    private ServerError error() throws IOException {
        ServerError error = new ServerError(reader.fields());
        if (!error.isFatal()) {
            try {
                do {
                    await();
                } while (reader.type() != 'Z');
            } catch (IOException e) {
                error.addSuppressed(e);
            }
        }
        return error;
    }

    private void notice(Map<Character, String> fields) {
        String severity = fields.getOrDefault('V', "NOTICE");
        if (severity.equals("WARNING")) {
            LOG.warn("server at {} warns: {}", address, fields.get('M'));
        } else {
            LOG.debug("server at {} says: {}", address, fields.get('M'));
        }
    }

    /** Carries out a command and returns the last rows that it answered with. */
    RowSet query(String command) throws IOException {
        LOG.trace("{} <- {}", address, command);
        writer.query(command);
        RowSet rows = new RowSet();
        while (true) {
            switch (next()) {
                case 'T' -> rows = rows();
                case 'C', 'I' -> LOG.trace("{} done", command);
                case 'Z' -> {
                    return rows;
                }
                default -> throw unexpected("in the answer to a command");
            }
        }
    }

    /** Reads rows whose description comes next, up to their CommandComplete. */
    RowSet expectRows() throws IOException {
        expect('T');
        return rows();
    }

    /** Reads rows whose description is the message shown, up to their CommandComplete. */
    RowSet rows() throws IOException {
        RowSet rows = new RowSet();
        while (true) {
            switch (next()) {
                case 'D' -> rows.add(reader);
                case 'C' -> {
                    return rows;
                }
                default -> throw unexpected("among rows");
            }
        }
    }

    /** Reads the next message, which must be of a type. */
    void expect(char type) throws IOException {
        if (next() != type) {
            throw unexpected("where '%c' belongs".formatted(type));
        }
    }

    /** Describes the message shown as one that does not belong here. */
    WireProtocolException unexpected(String where) {
        return new WireProtocolException("message '%c' %s".formatted(reader.type(), where));
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() {
        try {
            if (!socket.isClosed()) {
                writer.terminate();
            }
        } catch (IOException e) {
            LOG.trace("connection to {} was broken before it was closed", address, e);
        }
        // The TCP socket first: closing TLS politely may wait for a thread that is blocked in it.
        for (Socket each : new Socket[] {transport, socket}) {
            try {
                each.close();
            } catch (IOException e) {
                LOG.trace("connection to {} did not close cleanly", address, e);
            }
        }
    }
}
