package org.matriarch.http.internal.wal;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matriarch.http.internal.HttpKeys;

/**
 * The settings of the door for WAL, valid.
 *
 * @param port where to listen; 0 for any that is free, empty to keep the door closed
 * @param url what database hosts are told, if it is not what the door finds out by itself
 */
record WalDoorSettings(OptionalInt port, InetAddress listen, Optional<String> url, Optional<TlsFiles> tls) {

    private static final String OFF = "off";
    private static final String USUAL_PORT = "7681";
    private static final String USUAL_LISTEN = "127.0.0.1";

    /** What is no numeric address would be looked up in the network. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.%]*");

    /** PEM files of the certificate with its chain, and of its key. */
    record TlsFiles(Path certificate, Path key) {}

    static WalDoorSettings usual() {
        return of(Map.of());
    }

    /**
     * Reads the properties of {@code etc/org.matriarch.http.cfg}.
     *
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    static WalDoorSettings of(Map<String, ?> properties) {
        HttpKeys.requireKnown(properties);
        String port = HttpKeys.find(properties, HttpKeys.WAL_PORT).orElse(USUAL_PORT);
        InetAddress listen =
                address(HttpKeys.find(properties, HttpKeys.WAL_LISTEN).orElse(USUAL_LISTEN));
        Optional<TlsFiles> tls = tlsFiles(properties);
        if (!listen.isLoopbackAddress() && tls.isEmpty()) {
            throw new IllegalArgumentException(
                    "value '%s' of key '%s' lets other hosts in, so '%s' and '%s' are required"
                            .formatted(
                                    listen.getHostAddress(),
                                    HttpKeys.WAL_LISTEN,
                                    HttpKeys.TLS_CERTIFICATE,
                                    HttpKeys.TLS_KEY));
        }
        return new WalDoorSettings(
                port.equals(OFF)
                        ? OptionalInt.empty()
                        : OptionalInt.of(HttpKeys.port(HttpKeys.WAL_PORT, port, ", or 'off'")),
                listen,
                HttpKeys.find(properties, HttpKeys.WAL_URL).map(url -> requireUrl(url, tls.isPresent())),
                tls);
    }

    private static InetAddress address(String text) {
        if (ADDRESS.matcher(text).matches()) {
            try {
                return InetAddress.getByName(text);
            } catch (UnknownHostException e) {
                throw noAddress(text, e);
            }
        }
        throw noAddress(text, null);
    }

    private static IllegalArgumentException noAddress(String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "value '%s' of key '%s' is not a numeric IPv4 or IPv6 address".formatted(text, HttpKeys.WAL_LISTEN),
                cause);
    }

    private static Optional<TlsFiles> tlsFiles(Map<String, ?> properties) {
        Optional<Path> certificate = file(properties, HttpKeys.TLS_CERTIFICATE);
        Optional<Path> key = file(properties, HttpKeys.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "'%s' and '%s' only go together".formatted(HttpKeys.TLS_CERTIFICATE, HttpKeys.TLS_KEY));
        }
        return certificate.map(present -> new TlsFiles(present, key.orElseThrow()));
    }

    private static Optional<Path> file(Map<String, ?> properties, String key) {
        return HttpKeys.find(properties, key).map(text -> {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException(
                        "value '%s' of key '%s' is not an absolute path".formatted(text, key));
            }
            return path;
        });
    }

    private static String requireUrl(String text, boolean tls) {
        String scheme = tls ? "https" : "http";
        try {
            URI uri = URI.create(text);
            boolean plain = uri.getQuery() == null && uri.getFragment() == null && uri.getUserInfo() == null;
            if (scheme.equals(uri.getScheme()) && uri.getHost() != null && plain) {
                return text.replaceAll("/+$", "");
            }
        } catch (IllegalArgumentException e) {
            throw noUrl(text, scheme, e);
        }
        throw noUrl(text, scheme, null);
    }

    private static IllegalArgumentException noUrl(String text, String scheme, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "value '%s' of key '%s' is not of the form %s://host:port".formatted(text, HttpKeys.WAL_URL, scheme),
                cause);
    }
}
