package org.matriarch.core.postgres.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes bytes between a client and a server, and on request halts in the middle of what the server sends. */
final class HaltingProxy implements Closeable {

    /** Longer than a read of ours waits, so that it times out in the middle of a TLS record. */
    private static final long HALT_MILLIS = WireConnection.READ_TIMEOUT.toMillis() * 3 / 2;

    private final ServerSocket door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger halts = new AtomicInteger();
    private final int serverPort;

    HaltingProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Halts twice in each of the next pieces that come from the server. */
    void halt(int pieces) {
        halts.set(pieces);
    }

    /** Returns how many of the pieces are still to come. */
    int haltsLeft() {
        return halts.get();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            start(() -> pump(client, server, false));
            start(() -> pump(server, client, true));
        }
    }

    private void pump(Socket from, Socket to, boolean halting) throws IOException, InterruptedException {
        byte[] buffer = new byte[16 << 10];
        try (to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                int at = 0;
                if (halting && count > 10 && halts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    // Within the header of the record, and within its content.
                    for (int end : new int[] {3, count / 2}) {
                        out.write(buffer, at, end - at);
                        at = end;
                        TimeUnit.MILLISECONDS.sleep(HALT_MILLIS);
                    }
                }
                out.write(buffer, at, count - at);
            }
        }
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                return; // a socket was closed: the conversation is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** What a thread does. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }
}
