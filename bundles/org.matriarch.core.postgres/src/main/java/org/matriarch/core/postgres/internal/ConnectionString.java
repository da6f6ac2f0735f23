package org.matriarch.core.postgres.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * A libpq connection string, understood and validated. Its text form never shows a secret.
 *
 * <p>Source: PostgreSQL manual, "Connection Strings" and "Parameter Key Words" of libpq. Of the environment only
 * {@code PGPASSWORD} and {@code PGPASSFILE} count, so that a container serves many servers.
 */
final class ConnectionString {

    /** One place to try: {@code host} is the name that certificates and password files know it by. */
    record Host(String host, Optional<String> address, int port) {

        /** Returns what to connect to. */
        String target() {
            return address.orElse(host);
        }

        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int DEFAULT_PORT = 5432;

    private static final Set<String> SECRET = Set.of("password", "sslpassword");

    /** Understood, or without effect on a connection like ours. Whatever would weaken security if ignored is not here. */
    private static final Set<String> KNOWN = Set.of(
            "host",
            "hostaddr",
            "port",
            "dbname",
            "user",
            "password",
            "passfile",
            "sslmode",
            "sslrootcert",
            "sslcert",
            "sslkey",
            "sslpassword",
            "sslcompression",
            "sslsni",
            "connect_timeout",
            "application_name",
            "fallback_application_name",
            "client_encoding",
            "options",
            "channel_binding",
            "target_session_attrs",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "gssencmode",
            "replication");

    private final String subject;
    private final Map<String, String> values;
    private final List<Host> hosts;
    private final TlsMode tlsMode;
    private final SessionKind sessionKind;

    private ConnectionString(String subject, Map<String, String> values) {
        this.subject = subject;
        this.values = values;
        for (String keyword : values.keySet()) {
            if (!KNOWN.contains(keyword)) {
                throw invalid(
                        "keyword '%s' is not known".formatted(keyword),
                        "use only: %s.".formatted(String.join(", ", new TreeSet<>(KNOWN))));
            }
        }
        hosts = readHosts();
        String mode = find("sslmode").orElse(systemTrust() ? "verify-full" : "prefer");
        tlsMode = TlsMode.find(mode).orElseThrow(() -> wrongValue("sslmode", mode, TlsMode.keywords()));
        if (systemTrust() && tlsMode != TlsMode.VERIFY_FULL) {
            // As libpq: anybody gets a certificate from a public authority, so the name has to count.
            throw wrongValue("sslmode", mode, "verify-full, since sslrootcert is system");
        }
        String kind = find("target_session_attrs").orElse("any");
        sessionKind = SessionKind.find(kind)
                .orElseThrow(() -> wrongValue("target_session_attrs", kind, SessionKind.keywords()));
        requireOneOf("channel_binding", List.of("disable", "prefer", "require"));
        requireOneOf("gssencmode", List.of("disable", "prefer"));
        connectTimeout();
    }

    /**
     * Reads a connection string.
     *
     * @param subject what holds it, for messages: {@code conninfo of server 'main'}
     * @throws MatriarchException {@code CONFIGURATION_INVALID}, naming the keyword
     */
    static ConnectionString parse(String subject, String text) {
        try {
            return new ConnectionString(subject, ConninfoReader.read(text));
        } catch (IllegalArgumentException e) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to read %s: %s".formatted(subject, e.getMessage()),
                    "write it as 'host=db port=5432 user=barman' or 'postgresql://barman@db:5432/postgres'.",
                    e);
        }
    }

    /** Returns what this connection string is, for messages. */
    String subject() {
        return subject;
    }

    /** Returns the places to try, in order; at least one. */
    List<Host> hosts() {
        return hosts;
    }

    TlsMode tlsMode() {
        return tlsMode;
    }

    /** Returns which kind of session is wanted. */
    SessionKind sessionKind() {
        return sessionKind;
    }

    /** Returns whether certificates of the authorities that Java knows count. */
    boolean systemTrust() {
        return find("sslrootcert").filter("system"::equals).isPresent();
    }

    /** Returns a value that is there and not empty. */
    Optional<String> find(String keyword) {
        return Optional.ofNullable(values.get(keyword)).filter(value -> !value.isEmpty());
    }

    /** Returns a file named by a keyword. */
    Optional<Path> findFile(String keyword) {
        return find(keyword).map(Path::of);
    }

    String user(LocalUser local) {
        return find("user").orElse(local.name());
    }

    String database(LocalUser local) {
        return find("dbname").orElseGet(() -> user(local));
    }

    /** Returns {@code disable}, {@code prefer} or {@code require}. */
    String channelBinding() {
        return find("channel_binding").orElse("prefer");
    }

    /** Returns how long one connection attempt may take; libpq waits for ever, a container must not. */
    Duration connectTimeout() {
        Optional<String> text = find("connect_timeout");
        if (text.isEmpty()) {
            return DEFAULT_CONNECT_TIMEOUT;
        }
        int seconds = number("connect_timeout", text.get(), "a number of seconds");
        return seconds <= 0 ? DEFAULT_CONNECT_TIMEOUT : Duration.ofSeconds(Math.max(2, seconds));
    }

    /** Returns a number that libpq would give to the operating system, if it is set. */
    Optional<Integer> findNumber(String keyword) {
        return find(keyword).map(text -> number(keyword, text, "a number"));
    }

    /** Returns the connection string with its secrets masked. */
    String masked() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "="
                        + (SECRET.contains(entry.getKey()) ? "********" : quoted(entry.getValue())))
                .collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
        return masked();
    }

    private static String quoted(String value) {
        if (!value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '\'' || c == '\\')) {
            return value;
        }
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private List<Host> readHosts() {
        List<String> names = list("host");
        List<String> addresses = list("hostaddr");
        int count = Math.max(1, Math.max(names.size(), addresses.size()));
        if (!names.isEmpty() && !addresses.isEmpty() && names.size() != addresses.size()) {
            throw invalid(
                    "host names %d places and hostaddr %d".formatted(names.size(), addresses.size()),
                    "give as many values in hostaddr as in host.");
        }
        List<String> ports = list("port");
        if (ports.size() > 1 && ports.size() != count) {
            throw invalid(
                    "port has %d values for %d hosts".formatted(ports.size(), count),
                    "give one port, or one for each host.");
        }
        List<Host> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String port = ports.size() == 1 ? ports.get(0) : element(ports, i);
            result.add(host(element(names, i), element(addresses, i), port));
        }
        return List.copyOf(result);
    }

    private Host host(String name, String address, String port) {
        if (name.startsWith("/") || name.startsWith("@")) {
            throw invalid(
                    "host '%s' is the directory of a Unix-domain socket".formatted(name),
                    "use host=localhost: connections go over TCP only.");
        }
        Optional<String> given = Optional.of(address).filter(text -> !text.isEmpty());
        return new Host(name.isEmpty() ? given.orElse("localhost") : name, given, port(port));
    }

    /** Returns an element, empty if the list is shorter. */
    private static String element(List<String> list, int index) {
        return index < list.size() ? list.get(index) : "";
    }

    private List<String> list(String keyword) {
        return find(keyword).map(value -> List.of(value.split(",", -1))).orElse(List.of());
    }

    private int port(String text) {
        if (text.isEmpty()) {
            return DEFAULT_PORT;
        }
        int port = number("port", text, "a number from 1 to 65535");
        if (port < 1 || port > 65_535) {
            throw wrongValue("port", text, "a number from 1 to 65535");
        }
        return port;
    }

    private int number(String keyword, String text, String allowed) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw wrongValue(keyword, text, allowed);
        }
    }

    private void requireOneOf(String keyword, List<String> allowed) {
        find(keyword).filter(value -> !allowed.contains(value)).ifPresent(value -> {
            throw wrongValue(keyword, value, String.join(", ", allowed));
        });
    }

    private MatriarchException wrongValue(String keyword, String value, String allowed) {
        return invalid(
                "%s '%s' is not allowed".formatted(keyword, value), "set %s to: %s.".formatted(keyword, allowed));
    }

    private MatriarchException invalid(String reason, String hint) {
        return new MatriarchException(
                ErrorCode.CONFIGURATION_INVALID, "unable to use %s: %s".formatted(subject, reason), hint);
    }
}
