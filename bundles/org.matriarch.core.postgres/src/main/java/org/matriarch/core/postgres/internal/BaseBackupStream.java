package org.matriarch.core.postgres.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;

/**
 * Carries out BASE_BACKUP and hands its parts to a listener.
 *
 * <p>Up to version 14 a server sends one COPY for each tablespace, the data directory last, and one for the manifest; its
 * archives lack the two blocks of zeros that end a tar, which are added here. Since version 15 it sends one COPY, whose
 * messages say what they are.
 */
final class BaseBackupStream {

    private static final byte[] END_OF_ARCHIVE = new byte[1024];

    private final WireConnection wire;
    private final MessageReader reader;
    private final BaseBackupListener listener;

    /** What arrives now. */
    private enum Part {
        NOTHING,
        ARCHIVE,
        MANIFEST
    }

    private Part part = Part.NOTHING;
    private final ByteArrayOutputStream manifest = new ByteArrayOutputStream();

    BaseBackupStream(WireConnection wire, BaseBackupListener listener) {
        this.wire = wire;
        this.reader = wire.reader();
        this.listener = listener;
    }

    /**
     * Takes the backup.
     *
     * @throws UncheckedIOException with what the listener threw
     */
    BaseBackupEnd run(int major, BaseBackupOptions options) throws IOException {
        wire.writer().query(BaseBackupCommand.of(major, options));
        RowSet start = wire.expectRows();
        RowSet areas = wire.expectRows();
        announce(start, areas);
        if (BaseBackupCommand.hasOptions(major)) {
            wire.expect('H');
            readTyped();
        } else {
            for (int i = 0; i < areas.size(); i++) {
                readArchive(oid(areas, i));
            }
            readManifest();
        }
        RowSet end = wire.expectRows();
        while (wire.next() != 'Z') {
            if (reader.type() != 'C') {
                throw wire.unexpected("after a base backup");
            }
        }
        return new BaseBackupEnd(lsn(end), timeline(end));
    }

    private void announce(RowSet start, RowSet areas) throws IOException {
        List<TablespaceArea> tablespaces = new ArrayList<>();
        long kibibytes = 0;
        for (int i = 0; i < areas.size(); i++) {
            if (areas.find(i, 0).isPresent()) {
                tablespaces.add(new TablespaceArea(oid(areas, i), areas.text(i, 1)));
            }
            kibibytes += areas.find(i, 2).map(Long::parseLong).orElse(0L);
        }
        BaseBackupStart announced = new BaseBackupStart(lsn(start), timeline(start), tablespaces, kibibytes << 10);
        tell(() -> listener.started(announced));
    }

    private void readArchive(long tablespaceOid) throws IOException {
        wire.expect('H');
        tell(() -> listener.archive(tablespaceOid));
        while (isData()) {
            deliver(reader.offset(), reader.length());
        }
        try {
            listener.data(END_OF_ARCHIVE, 0, END_OF_ARCHIVE.length);
            listener.archiveEnd();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readManifest() throws IOException {
        wire.expect('H');
        while (isData()) {
            manifest.write(reader.buffer(), reader.offset(), reader.length());
        }
        tell(() -> listener.manifest(manifest.toByteArray()));
    }

    private void readTyped() throws IOException {
        while (isData()) {
            switch (reader.byteAt(0)) {
                case 'd' -> take(reader.offset() + 1, reader.length() - 1);
                case 'n' -> {
                    endPart();
                    long oid = oidOfArchive(reader.stringAt(1));
                    tell(() -> listener.archive(oid));
                    part = Part.ARCHIVE;
                }
                case 'm' -> {
                    endPart();
                    part = Part.MANIFEST;
                }
                case 'p' -> {} // we count for ourselves
                default -> throw new WireProtocolException("part '%c' in a base backup".formatted(reader.byteAt(0)));
            }
        }
        endPart();
    }

    private void take(int offset, int length) throws IOException {
        switch (part) {
            case ARCHIVE -> deliver(offset, length);
            case MANIFEST -> manifest.write(reader.buffer(), offset, length);
            case NOTHING -> throw new WireProtocolException("data before an archive in a base backup");
        }
    }

    private void endPart() throws IOException {
        if (part == Part.ARCHIVE) {
            tell(listener::archiveEnd);
        } else if (part == Part.MANIFEST) {
            tell(() -> listener.manifest(manifest.toByteArray()));
        }
        part = Part.NOTHING;
    }

    /** Returns whether the next message is data; otherwise it is the end of a COPY. */
    private boolean isData() throws IOException {
        char type = wire.next();
        if (type != 'd' && type != 'c') {
            throw wire.unexpected("in a base backup");
        }
        return type == 'd';
    }

    private void deliver(int offset, int length) {
        try {
            listener.data(reader.buffer(), offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps a failure of the listener apart from one of the connection. */
    private static void tell(Told told) {
        try {
            told.tell();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A call to the listener. */
    private interface Told {
        void tell() throws IOException;
    }

    /** Returns what "16385.tar" stands for; "base.tar" is the data directory. */
    private static long oidOfArchive(String name) throws WireProtocolException {
        if (name.equals("base.tar")) {
            return 0;
        }
        if (!name.matches("\\d{1,10}\\.tar")) {
            throw new WireProtocolException("archive '%s' in a base backup".formatted(name));
        }
        return Long.parseLong(name, 0, name.length() - ".tar".length(), 10);
    }

    private static long oid(RowSet areas, int row) throws WireProtocolException {
        return areas.find(row, 0).map(Long::parseLong).orElse(0L);
    }

    private static Lsn lsn(RowSet rows) throws WireProtocolException {
        return Lsn.parse(rows.text(0, 0));
    }

    private static int timeline(RowSet rows) throws WireProtocolException {
        return Integer.parseUnsignedInt(rows.text(0, 1));
    }
}
