package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;

/**
 * How TCP finds out that a silent server is gone: the only way to tell while a backup waits for a checkpoint.
 *
 * @param values by name of the socket option; what the platform lacks is passed over
 */
record KeepAlive(boolean enabled, Map<String, Integer> values) {

    private static final int IDLE_SECONDS = 60;
    private static final int INTERVAL_SECONDS = 10;
    private static final int COUNT = 6;

    /** Returns what a connection string says, or values that notice a dead server within two minutes. */
    static KeepAlive of(ConnectionString connection) {
        return new KeepAlive(
                connection.findNumber("keepalives").orElse(1) != 0,
                Map.of(
                        "TCP_KEEPIDLE", orDefault(connection, "keepalives_idle", IDLE_SECONDS),
                        "TCP_KEEPINTERVAL", orDefault(connection, "keepalives_interval", INTERVAL_SECONDS),
                        "TCP_KEEPCOUNT", orDefault(connection, "keepalives_count", COUNT)));
    }

    private static int orDefault(ConnectionString connection, String keyword, int value) {
        return connection.findNumber(keyword).filter(number -> number > 0).orElse(value);
    }

    /** Sets the options of a socket. */
    void apply(Socket socket) throws IOException {
        socket.setKeepAlive(enabled);
        if (enabled) {
            for (SocketOption<?> option : socket.supportedOptions()) {
                Integer value = values.get(option.name());
                if (value != null) {
                    set(socket, option, value);
                }
            }
        }
    }

    @SuppressWarnings("unchecked") // the three options are of type Integer wherever they exist
    private static void set(Socket socket, SocketOption<?> option, Integer value) throws IOException {
        socket.setOption((SocketOption<Integer>) option, value);
    }
}
