package org.matriarch.core.postgres.internal;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * Tries the hosts of a connection string in order, as libpq does: one that cannot be reached or is of the wrong kind is
 * passed over; one that refuses us ends the search.
 *
 * @param open opens a connection to one host
 * @param accepts tells whether a connection leads to a session of a kind
 * @param close closes one that does not
 */
record HostSearch<C>(Function<ConnectionString.Host, C> open, BiPredicate<C, SessionKind> accepts, Consumer<C> close) {

    C search(ConnectionString connection) {
        SessionKind kind = connection.sessionKind();
        List<SessionKind> passes = kind == SessionKind.PREFER_STANDBY ? List.of(kind, SessionKind.ANY) : List.of(kind);
        MatriarchException failure = null;
        for (SessionKind wanted : passes) {
            for (ConnectionString.Host host : connection.hosts()) {
                try {
                    C found = open.apply(host);
                    if (isAccepted(found, wanted)) {
                        return found;
                    }
                    failure = join(failure, wrongKind(connection, host, wanted));
                } catch (MatriarchException e) {
                    if (e.code() != ErrorCode.POSTGRES_UNREACHABLE
                            || Thread.currentThread().isInterrupted()) {
                        throw e;
                    }
                    failure = join(failure, e);
                }
            }
        }
        throw failure == null ? new IllegalStateException("no host") : failure;
    }

    private boolean isAccepted(C found, SessionKind wanted) {
        boolean accepted = false;
        try {
            accepted = accepts.test(found, wanted);
        } finally {
            if (!accepted) {
                close.accept(found);
            }
        }
        return accepted;
    }

    private static MatriarchException join(@Nullable MatriarchException first, MatriarchException next) {
        if (first != null) {
            next.addSuppressed(first);
        }
        return next;
    }

    private static MatriarchException wrongKind(
            ConnectionString connection, ConnectionString.Host host, SessionKind wanted) {
        return new MatriarchException(
                ErrorCode.POSTGRES_UNREACHABLE,
                "unable to use '%s' for %s: its session is not %s"
                        .formatted(host, connection.subject(), wanted.keyword()),
                "change target_session_attrs, or add the host that is meant.");
    }
}
