package org.matriarch.core.postgres.internal;

import java.io.EOFException;
import java.io.IOException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresException;

/**
 * Turns what went wrong between us and one PostgreSQL into errors for an operator.
 *
 * <p>Only the SQLSTATE decides, never the text, which the server may translate. Source: PostgreSQL manual, "PostgreSQL
 * Error Codes".
 *
 * @param place the server and its address: {@code server 'main' at 'db:5432'}
 */
record Failures(String place) {

    private static final String HBA_HINT =
            "add a line for this user and address to the server's pg_hba.conf and reload it; for streaming its database"
                    + " is the word replication.";
    private static final String PRIVILEGE_HINT =
            "streaming needs ALTER ROLE ... REPLICATION; SQL needs pg_read_all_settings, pg_read_all_stats and EXECUTE on"
                    + " the backup functions.";
    private static final String UNREACHABLE_HINT =
            "check that PostgreSQL runs and listens there (listen_addresses, port, firewall), and conninfo.";

    static Failures of(String server, String address) {
        return new Failures("server '%s' at '%s'".formatted(server, address));
    }

    /** Describes why no connection came about. */
    MatriarchException connecting(Exception cause, @Nullable String sqlState) {
        String summary = "unable to connect to %s: %s".formatted(place, reason(cause));
        if (sqlState != null) {
            return ofState(sqlState, summary, cause);
        }
        if (cause instanceof WireProtocolException) {
            return protocol(summary, cause);
        }
        if (isTls(cause)) {
            return new MatriarchException(
                    ErrorCode.POSTGRES_AUTHENTICATION,
                    summary,
                    "check sslmode, sslrootcert, sslcert and sslkey, and that the certificate names the host of conninfo.",
                    cause);
        }
        return new MatriarchException(ErrorCode.POSTGRES_UNREACHABLE, summary, UNREACHABLE_HINT, cause);
    }

    /** Describes why no connection came about. */
    MatriarchException connecting(IOException cause) {
        return connecting(cause, cause instanceof ServerError error ? error.sqlState() : null);
    }

    /** Describes a refusal of ours to authenticate in the way that the server wants. */
    MatriarchException refusing(String reason, String hint) {
        return new MatriarchException(
                ErrorCode.POSTGRES_AUTHENTICATION, "unable to connect to %s: %s".formatted(place, reason), hint);
    }

    /** Describes why a command could not be carried out; {@code action} as in "unable to {@code action}". */
    MatriarchException asking(String action, IOException cause) {
        String summary = "unable to %s on %s: %s".formatted(action, place, reason(cause));
        if (cause instanceof ServerError error) {
            return ofState(error.sqlState(), summary, cause);
        }
        if (cause instanceof WireProtocolException) {
            return protocol(summary, cause);
        }
        return new MatriarchException(ErrorCode.POSTGRES_UNREACHABLE, summary, UNREACHABLE_HINT, cause);
    }

    /** Describes why a command about a slot could not be carried out. */
    MatriarchException askingForSlot(String action, String slot, IOException cause) {
        String hint = switch (cause instanceof ServerError error ? error.sqlState() : "") {
            case "42704" -> "create it with 'wal:receive SERVER --create-slot' or set create_slot = auto.";
            case "55006" -> "another receiver uses the slot; see pg_stat_replication, or set another slot_name.";
            case "53400" ->
                "raise max_replication_slots of the server and restart it, or drop a slot that nobody" + " uses.";
            case "55000" ->
                "see pg_replication_slots: wal_status lost means that its WAL is gone and the slot must"
                        + " be dropped; max_replication_slots and wal_level must allow slots.";
            case "42602" -> "slot_name may hold lower-case letters, digits and underscores.";
            default -> "";
        };
        if (hint.isEmpty()) {
            return asking(action, cause);
        }
        return new PostgresException(
                ErrorCode.SLOT_UNAVAILABLE,
                ((ServerError) cause).sqlState(),
                "unable to %s on %s: slot '%s': %s".formatted(action, place, slot, reason(cause)),
                hint,
                cause);
    }

    /** Describes WAL that the server no longer has. */
    MatriarchException gap(String position, ServerError cause) {
        return new PostgresException(
                ErrorCode.WAL_GAP,
                cause.sqlState(),
                "unable to stream WAL from %s of %s: %s".formatted(position, place, cause.text()),
                "take a new backup after 'wal:receive SERVER reset'; a replication slot (slot_name) keeps WAL from now on.",
                cause);
    }

    private static PostgresException ofState(String sqlState, String summary, Exception cause) {
        ErrorCode code = switch (sqlState) {
            case "28P01", "28000" -> ErrorCode.POSTGRES_AUTHENTICATION;
            case "42501" -> ErrorCode.POSTGRES_PRIVILEGE;
            case "53300" -> ErrorCode.POSTGRES_SETTINGS;
            case "3D000" -> ErrorCode.CONFIGURATION_INVALID;
            case "57P01", "57P02", "57P03" -> ErrorCode.POSTGRES_UNREACHABLE;
            default -> ErrorCode.POSTGRES_ERROR;
        };
        String hint = switch (sqlState) {
            case "28P01" -> "check user and password in conninfo, PGPASSWORD or the password file.";
            case "28000" -> HBA_HINT;
            case "42501" -> PRIVILEGE_HINT;
            case "53300" -> "raise max_wal_senders (for streaming) or max_connections of the server and restart it.";
            case "3D000" -> "set dbname in conninfo to a database that exists.";
            case "57P01", "57P02", "57P03" -> "wait until the server is up again.";
            default -> "look at the log of the PostgreSQL server.";
        };
        return new PostgresException(code, sqlState, summary, hint, cause);
    }

    private static MatriarchException protocol(String summary, Exception cause) {
        return new MatriarchException(
                ErrorCode.POSTGRES_PROTOCOL,
                summary,
                "check that a PostgreSQL server listens there, not a proxy.",
                cause);
    }

    private static String reason(Exception cause) {
        if (cause instanceof ServerError error) {
            return error.text();
        }
        if (cause instanceof SQLException error) {
            return PostgresException.reason(error);
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message.replace('\n', ' ');
    }

    private static boolean isTls(Exception cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof SSLException) {
                // A server that goes away in the middle of the handshake says nothing about certificates.
                return !(each.getCause() instanceof EOFException);
            }
        }
        return false;
    }
}
