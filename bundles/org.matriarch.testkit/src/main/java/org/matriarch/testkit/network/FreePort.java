package org.matriarch.testkit.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports that nobody listens on.
 *
 * <p>They lie below those that Linux gives to connections by itself (32768 to 60999, see ip(7)), so that a server that
 * ends and starts again finds its port free; and they are drawn at random, so that test runs side by side hardly meet.
 */
public final class FreePort {

    private static final int FIRST = 12_000;
    private static final int END = 32_000;

    private FreePort() {}

    /** Returns a port that nobody listens on now. Thread-safe. */
    public static int next() {
        return ThreadLocalRandom.current()
                .ints(100, FIRST, END)
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
