package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.WalStreamHandler;

/** A replication connection over our own client of PostgreSQL's protocol. */
final class WireReplicationConnection implements ReplicationConnection {

    private static final Pattern SIZE = Pattern.compile("(\\d+)(B|kB|MB|GB)?");

    private final WireConnection wire;
    private final PostgresVersion version;
    private final Failures failures;
    private boolean identified;

    WireReplicationConnection(WireConnection wire, PostgresVersion version, Failures failures) {
        this.wire = wire;
        this.version = version;
        this.failures = failures;
    }

    @Override
    public PostgresVersion version() {
        return version;
    }

    @Override
    public Identity identify() {
        String action = "identify the system";
        RowSet rows = ask(action, "IDENTIFY_SYSTEM");
        identified = true;
        return parse(
                action,
                () -> new Identity(
                        rows.text(0, 0), Integer.parseUnsignedInt(rows.text(0, 1)), Lsn.parse(rows.text(0, 2))));
    }

    @Override
    public long segmentSizeBytes() {
        String size = show("wal_segment_size");
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw failures.asking(
                    "read the segment size", new WireProtocolException("wal_segment_size is '%s'".formatted(size)));
        }
        int shift = switch (Optional.ofNullable(matcher.group(2)).orElse("B")) {
            case "kB" -> 10;
            case "MB" -> 20;
            case "GB" -> 30;
            default -> 0;
        };
        return Long.parseLong(matcher.group(1)) << shift;
    }

    @Override
    public String show(String setting) {
        String action = "read setting '%s'".formatted(setting);
        RowSet rows = ask(action, "SHOW " + quoted(setting));
        return parse(action, () -> rows.text(0, 0));
    }

    @Override
    public boolean createPhysicalSlot(String name) {
        try {
            wire.query("CREATE_REPLICATION_SLOT %s PHYSICAL RESERVE_WAL".formatted(quoted(name)));
            return true;
        } catch (IOException e) {
            if (e instanceof ServerError error && error.sqlState().equals("42710")) {
                return false;
            }
            throw failures.askingForSlot("create a replication slot", name, e);
        }
    }

    @Override
    public void dropSlot(String name) {
        try {
            wire.query("DROP_REPLICATION_SLOT " + quoted(name));
        } catch (IOException e) {
            throw failures.askingForSlot("drop a replication slot", name, e);
        }
    }

    @Override
    public HistoryFile timelineHistory(int timeline) {
        String action = "fetch the history of timeline %s".formatted(Integer.toUnsignedString(timeline));
        RowSet rows = ask(action, "TIMELINE_HISTORY " + Integer.toUnsignedString(timeline));
        return parse(
                action,
                () -> new HistoryFile(
                        new WalFileName(rows.text(0, 0)),
                        new String(rows.findBytes(0, 1).orElse(new byte[0]), StandardCharsets.ISO_8859_1)));
    }

    @Override
    public BaseBackupEnd baseBackup(BaseBackupOptions options, BaseBackupListener listener)
            throws InterruptedException {
        // Between the command and its first answer lies a checkpoint, which may take as long as checkpoint_timeout.
        wire.patience(WireConnection.FOREVER);
        boolean done = false;
        try {
            BaseBackupEnd end = new BaseBackupStream(wire, listener).run(version.major(), options);
            done = true;
            return end;
        } catch (ReadInterruptedException e) {
            throw interrupted(e);
        } catch (ServerError e) {
            if (e.sqlState().equals("55000")) {
                throw new PostgresException(
                        ErrorCode.POSTGRES_SETTINGS,
                        e.sqlState(),
                        "unable to take a base backup of %s: %s".formatted(failures.place(), e.text()),
                        "wal_level must be replica or logical, and on a standby full_page_writes must be on.",
                        e);
            }
            throw failures.asking("take a base backup", e);
        } catch (IOException e) {
            throw failures.asking("take a base backup", e);
        } finally {
            wire.patience(WireConnection.PATIENCE);
            if (!done) {
                wire.close();
            }
        }
    }

    @Override
    public WalStreamEnd streamWal(WalStreamRequest request, WalStreamHandler handler) throws InterruptedException {
        boolean done = false;
        try {
            if (!identified) {
                wire.query("IDENTIFY_SYSTEM"); // a standby of version 13 or 14 streams only after that
                identified = true;
            }
            WalStreamEnd end = new WalStream(wire, handler).run(request);
            done = true;
            return end;
        } catch (ReadInterruptedException e) {
            throw interrupted(e);
        } catch (ServerError e) {
            if (e.sqlState().equals("58P01")) {
                throw failures.gap("%s on timeline %d".formatted(request.start(), request.timeline()), e);
            }
            throw request.slot().isPresent()
                    ? failures.askingForSlot("stream WAL", request.slot().get(), e)
                    : failures.asking("stream WAL", e);
        } catch (IOException e) {
            throw failures.asking("stream WAL", e);
        } finally {
            if (!done) {
                wire.close();
            }
        }
    }

    @Override
    public void close() {
        wire.close();
    }

    private RowSet ask(String action, String command) {
        try {
            return wire.query(command);
        } catch (IOException e) {
            throw failures.asking(action, e);
        }
    }

    /** Understands an answer; whatever cannot be understood is the server's fault. */
    private <T> T parse(String action, Parsing<T> parsing) {
        try {
            return parsing.parse();
        } catch (WireProtocolException e) {
            throw failures.asking(action, e);
        } catch (IllegalArgumentException e) {
            throw failures.asking(action, new WireProtocolException(String.valueOf(e.getMessage())));
        }
    }

    /** A way to understand an answer. */
    private interface Parsing<T> {
        T parse() throws WireProtocolException;
    }

    private static InterruptedException interrupted(ReadInterruptedException cause) {
        Thread.interrupted(); // the exception says it from here on
        InterruptedException interrupted = new InterruptedException("interrupted while reading from PostgreSQL");
        interrupted.initCause(cause);
        return interrupted;
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
