package org.matriarch.core.postgres.internal;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code sslmode} may be. Source: PostgreSQL manual, "SSL Support" of libpq. */
enum TlsMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    /** Returns the mode as it stands in a connection string. */
    String keyword() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether a connection without TLS is no connection. */
    boolean isMandatory() {
        return compareTo(REQUIRE) >= 0;
    }

    /** Returns whether the server's certificate must be signed by a known authority. */
    boolean isVerifying() {
        return compareTo(VERIFY_CA) >= 0;
    }

    static Optional<TlsMode> find(String keyword) {
        return Arrays.stream(values())
                .filter(mode -> mode.keyword().equals(keyword))
                .findFirst();
    }

    static String keywords() {
        return Arrays.stream(values()).map(TlsMode::keyword).collect(Collectors.joining(", "));
    }
}
