package org.matriarch.core.postgres.internal;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code target_session_attrs} may be. */
enum SessionKind {
    ANY,
    READ_WRITE,
    READ_ONLY,
    PRIMARY,
    STANDBY,
    PREFER_STANDBY;

    /** Returns the kind as it stands in a connection string. */
    String keyword() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether a session is of this kind; a preference is met by standbys only. */
    boolean accepts(boolean readOnly, boolean standby) {
        return switch (this) {
            case ANY -> true;
            case READ_WRITE -> !readOnly;
            case READ_ONLY -> readOnly;
            case PRIMARY -> !standby;
            case STANDBY, PREFER_STANDBY -> standby;
        };
    }

    static Optional<SessionKind> find(String keyword) {
        return Arrays.stream(values())
                .filter(kind -> kind.keyword().equals(keyword))
                .findFirst();
    }

    static String keywords() {
        return Arrays.stream(values()).map(SessionKind::keyword).collect(Collectors.joining(", "));
    }
}
