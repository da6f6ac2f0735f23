package org.matriarch.http.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The keys of {@code etc/org.matriarch.http.cfg}, which configures both doors. */
public final class HttpKeys {

    /** Name of the file, for messages. */
    public static final String FILE = "etc/org.matriarch.http.cfg";

    static final String PORT = "port";

    /** Who may scrape. */
    static final String METRICS = "metrics";

    /** Port of the door for WAL. */
    public static final String WAL_PORT = "wal_port";

    /** Address that the door for WAL listens on. */
    public static final String WAL_LISTEN = "wal_listen";

    /** Address by which database hosts reach the door for WAL. */
    public static final String WAL_URL = "wal_url";

    /** PEM file of the certificate and its chain. */
    public static final String TLS_CERTIFICATE = "tls_certificate";

    /** PEM file of the private key. */
    public static final String TLS_KEY = "tls_key";

    private static final List<String> ALL =
            List.of(PORT, METRICS, WAL_PORT, WAL_LISTEN, WAL_URL, TLS_CERTIFICATE, TLS_KEY);
    private static final int MOST = 65535;

    private HttpKeys() {}

    /**
     * Refuses keys that there are not.
     *
     * @throws IllegalArgumentException naming the key and what there is
     */
    public static void requireKnown(Map<String, ?> properties) {
        Optional<String> unknown = unknown(properties);
        if (unknown.isPresent()) {
            throw new IllegalArgumentException(
                    "unknown key '%s'; the keys are %s".formatted(unknown.get(), String.join(", ", ALL)));
        }
    }

    /** Returns a key that there is not, which both doors refuse. */
    public static Optional<String> unknown(Map<String, ?> properties) {
        // Keys with a dot, and those of the component runtime, are not the operator's.
        return new TreeSet<>(properties.keySet())
                .stream()
                        .filter(key -> !ALL.contains(key) && !key.contains("."))
                        .findFirst();
    }

    /** Returns the value of a key, if it has one. */
    public static Optional<String> find(Map<String, ?> properties, String key) {
        return Optional.ofNullable(properties.get(key))
                .map(value -> value.toString().strip())
                .filter(value -> !value.isEmpty());
    }

    /**
     * Reads a port.
     *
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    public static int port(String key, String text, String allowedToo) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MOST) {
            throw new IllegalArgumentException(
                    "value '%s' of key '%s' is not a number from 0 to %d%s".formatted(text, key, MOST, allowedToo));
        }
        return Integer.parseInt(text);
    }
}
