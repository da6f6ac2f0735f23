package org.matriarch.core.postgres.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays a server that says exactly what a test wants, for what real servers do not do on demand: split messages, silence,
 * and breaches of the protocol. Every connection runs the same script on a thread of its own.
 */
final class ScriptedPostgres implements AutoCloseable {

    /** What the server does with a connection. */
    interface Script {
        void run(Peer peer) throws IOException;
    }

    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final List<Character> received = new CopyOnWriteArrayList<>();

    ScriptedPostgres(Script script) throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> accept(script), "scripted-postgres");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(Script script) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread thread = new Thread(() -> serve(script, socket), "scripted-postgres-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Script script, Socket socket) {
        try {
            script.run(new Peer(socket));
        } catch (IOException e) {
            received.add('!'); // the client went away
        }
    }

    String conninfo() {
        return "host=127.0.0.1 port=%d user=u sslmode=disable".formatted(listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** The other end of a connection. */
    final class Peer {

        final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        /** Reads a message without type. */
        byte[] startup() throws IOException {
            return in.readNBytes(in.readInt() - 4);
        }

        /** Reads a message; returns its content, a query as text. */
        String read() throws IOException {
            char type = (char) in.readUnsignedByte();
            byte[] content = in.readNBytes(in.readInt() - 4);
            received.add(type);
            return new String(content, StandardCharsets.ISO_8859_1);
        }

        /** Reads messages up to one of a type. */
        void readUntil(char type) throws IOException {
            do {
                read();
            } while (received.get(received.size() - 1) != type);
        }

        /** Lets the client in and says who we are. */
        void welcome(String version) throws IOException {
            startup();
            send('R', bytes(0, 0, 0, 0));
            send('S', text("server_version"), text(version));
            send('K', new byte[8]);
            send('Z', bytes('I'));
        }

        /** Answers IDENTIFY_SYSTEM. */
        void identify() throws IOException {
            read();
            rows("7000", "1", "0/1000000", null);
            send('Z', bytes('I'));
        }

        void raw(byte... content) throws IOException {
            out.write(content);
            out.flush();
        }

        void send(char type, byte[]... parts) throws IOException {
            raw(message(type, parts));
        }

        /** Sends every byte of a message on its own, with pauses that outlast a read timeout. */
        void dribble(byte[] message, Duration pause) throws IOException {
            for (byte each : message) {
                raw(each);
                LockSupport.parkNanos(pause.toNanos());
            }
        }

        void error(String severity, String state, String text) throws IOException {
            send('E', text("S" + severity), text("V" + severity), text("C" + state), text("M" + text), new byte[1]);
        }

        void rows(String... values) throws IOException {
            ByteArrayOutputStream row = new ByteArrayOutputStream();
            row.writeBytes(bytes(0, values.length));
            for (String value : values) {
                byte[] content = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
                row.writeBytes(Bytes.ofInt(value == null ? -1 : content.length));
                row.writeBytes(content);
            }
            send('T', bytes(0, 0));
            send('D', row.toByteArray());
            send('C', text("SELECT 1"));
        }

        /** Reads until the client goes away. */
        void readAll() throws IOException {
            while (in.read() >= 0) {
                received.add('.');
            }
        }
    }

    static byte[] message(char type, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(type);
        message.writeBytes(Bytes.ofInt(content.size() + 4));
        message.writeBytes(content.toByteArray());
        return message.toByteArray();
    }

    static byte[] text(String text) {
        return Bytes.ofString(text);
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Returns the content of an XLogData message. */
    static byte[] wal(long start, int length) {
        byte[] content = new byte[25 + length];
        content[0] = 'w';
        Bytes.putLong(content, 1, start);
        Bytes.putLong(content, 9, start + length);
        for (int i = 25; i < content.length; i++) {
            content[i] = (byte) i;
        }
        return content;
    }

    /** Returns the content of a keep-alive. */
    static byte[] keepAlive(long end, boolean replyRequested) {
        byte[] content = new byte[18];
        content[0] = 'k';
        Bytes.putLong(content, 1, end);
        content[17] = (byte) (replyRequested ? 1 : 0);
        return content;
    }
}
