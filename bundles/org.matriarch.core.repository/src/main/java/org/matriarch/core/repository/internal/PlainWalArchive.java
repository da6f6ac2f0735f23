package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps each WAL file as one object, under its own name whether it is compressed or not. */
final class PlainWalArchive implements WalArchive {

    private static final Logger LOG = LoggerFactory.getLogger(PlainWalArchive.class);

    private static final int BUFFER_BYTES = 1 << 16;

    private final ObjectStore store;
    private final Layout layout;
    private final Compressors compressors;
    private final RepositorySettings settings;
    private final WalIndex sharedIndex;
    private final Path spoolDirectory;
    private final Custody custody;
    /** What is used instead while another process writes: it knows what was there when it was first asked. */
    private final WalIndex snapshot;

    PlainWalArchive(
            ObjectStore store,
            Layout layout,
            Compressors compressors,
            RepositorySettings settings,
            WalIndex sharedIndex,
            Path spoolDirectory,
            Custody custody) {
        this.store = store;
        this.layout = layout;
        this.compressors = compressors;
        this.settings = settings;
        this.sharedIndex = sharedIndex;
        this.spoolDirectory = spoolDirectory;
        this.custody = custody;
        this.snapshot = sharedIndex.snapshot();
    }

    @Override
    public Outcome store(WalFileName name, Path file) {
        custody.require();
        WalIndex index = index();
        try {
            if (index.contains(name) && confirm(name, file)) {
                return Outcome.DUPLICATE;
            }
            Optional<String> compression = compressionOf(name);
            ObjectInfo stored;
            try {
                stored = put(name, file, compression);
            } catch (ObjectExistsException e) {
                confirm(name, file);
                indexAgain(index, name);
                return Outcome.DUPLICATE;
            }
            index.add(WalLine.of(name, stored.sizeBytes(), stored.modified(), compression));
            return Outcome.STORED;
        } catch (IOException e) {
            throw StoreFailures.of("archive '%s' of server '%s'".formatted(name, layout.server()), e);
        }
    }

    @Override
    public Optional<WalEntry> find(WalFileName name) {
        return index().find(name).map(WalLine::toEntry);
    }

    @Override
    public boolean contains(WalFileName name) {
        return index().contains(name);
    }

    @Override
    public void prepare() {
        if (custody.isOurs()) {
            index();
        }
    }

    @Override
    public List<WalEntry> entries() {
        return new WalEntries(index().lines());
    }

    @Override
    public InputStream open(WalFileName name) {
        refuseEncrypted(name);
        try {
            return openStored(name);
        } catch (ObjectMissingException e) {
            throw new MatriarchException(
                    ErrorCode.WAL_MISSING,
                    "server '%s' has no WAL file '%s' in its archive".formatted(layout.server(), name),
                    "wal:list %s shows what is archived; wal:reindex %s looks at the archive again."
                            .formatted(layout.server(), layout.server()),
                    e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    @Override
    public Optional<Path> localFile(WalFileName name) {
        Path file = Path.of(layout.wal(name).value());
        return store.directory(layout.walPrefix())
                .map(wals -> wals.resolve(Path.of(layout.walPrefix()).relativize(file)))
                .filter(Files::isRegularFile);
    }

    @Override
    public Optional<TimelineHistory> history(int timeline) {
        if (timeline == 1) {
            return Optional.of(TimelineHistory.first(1));
        }
        WalFileName name = WalFileName.ofHistory(timeline);
        try (InputStream in = openStored(name)) {
            return Optional.of(TimelineHistory.parse(timeline, new String(in.readAllBytes(), UTF_8)));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new MatriarchException(
                    ErrorCode.WAL_INVALID,
                    "unable to read '%s' of server '%s': %s".formatted(name, layout.server(), e.getMessage()),
                    "replace the file in the archive by the one in the server's pg_wal directory.",
                    e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    @Override
    public void delete(List<WalFileName> names) {
        custody.require();
        WalIndex index = index();
        List<ObjectName> objects = names.stream().map(layout::wal).toList();
        List<WalFileName> deleted = List.of();
        try {
            store.delete(objects);
            deleted = names;
        } catch (StorageException e) {
            deleted = names.stream().filter(this::isGone).toList();
            throw StoreFailures.of(e);
        } finally {
            index.remove(deleted);
        }
    }

    private boolean isGone(WalFileName name) {
        try {
            return store.find(layout.wal(name)).isEmpty();
        } catch (StorageException e) {
            LOG.debug("unable to see whether '{}' is gone", name, e);
            return false;
        }
    }

    @Override
    public int reindex() {
        custody.require();
        WalIndex index = index();
        try {
            return index.rebuild(store, scan());
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    private WalIndex index() {
        WalIndex index = known();
        try {
            index.open(store, scan());
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
        return index;
    }

    private WalIndex known() {
        return custody.isOurs() ? sharedIndex : snapshot;
    }

    private WalScan scan() {
        return new WalScan(store, layout, compressors);
    }

    /** Small files are stored as they are, so that people can read them. */
    private Optional<String> compressionOf(WalFileName name) {
        boolean large = name.kind() == WalFileName.Kind.SEGMENT || name.kind() == WalFileName.Kind.PARTIAL;
        return large && !settings.compression().equals(Compressors.NONE)
                ? Optional.of(settings.compression())
                : Optional.empty();
    }

    private ObjectInfo put(WalFileName name, Path file, Optional<String> compression) throws IOException {
        var crc = new CRC32C();
        ObjectInfo stored;
        try (InputStream in = new CheckedInputStream(Files.newInputStream(file), crc)) {
            stored = compression.isEmpty()
                    ? store.put(layout.wal(name), in, Files.size(file))
                    : putCompressed(name, in, compression.get());
        }
        remember(name, crc, file);
        return stored;
    }

    private ObjectInfo putCompressed(WalFileName name, InputStream in, String id) throws IOException {
        Compressor compressor = compressors.require(id, "archive '%s' of server '%s'".formatted(name, layout.server()));
        try (Spool spool = new Spool(spoolDirectory)) {
            try (OutputStream out =
                    compressor.compress(spool.unclosed(), Compressors.level(compressor, settings.compressionLevel()))) {
                copy(in, out);
            } catch (IllegalArgumentException e) {
                throw new MatriarchException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "unable to compress '%s' with '%s': %s".formatted(name, id, e.getMessage()),
                        "correct 'compression_level' in etc/org.matriarch.server-%s.cfg.".formatted(layout.server()),
                        e);
            } catch (MatriarchException e) {
                throw e;
            } catch (RuntimeException | LinkageError e) {
                throw PluginFailures.of(
                        compressor,
                        "compressor '%s'".formatted(id),
                        "archive '%s' of server '%s'".formatted(name, layout.server()),
                        e);
            }
            try (InputStream content = spool.open()) {
                return store.put(layout.wal(name), content, spool.sizeBytes());
            }
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int length = in.read(buffer);
        while (length >= 0) {
            out.write(buffer, 0, length);
            length = in.read(buffer);
        }
    }

    private void remember(WalFileName name, CRC32C crc, Path file) throws IOException {
        sharedIndex.checksums().add(name, new WalChecksums.Sum((int) crc.getValue(), Files.size(file)));
    }

    /** Returns whether the file is archived already; false if it is not archived at all, whatever the index says. */
    private boolean confirm(WalFileName name, Path file) throws IOException {
        refuseEncrypted(name);
        var crc = new CRC32C();
        boolean same;
        try (InputStream stored = openStored(name);
                InputStream offered = new CheckedInputStream(Files.newInputStream(file), crc)) {
            same = sameContent(stored, offered);
            if (!same) {
                copy(stored, OutputStream.nullOutputStream()); // is it damaged rather than another one?
            }
        } catch (ObjectMissingException e) {
            return false;
        }
        if (same && sharedIndex.checksums().find(name).isEmpty()) {
            remember(name, crc, file); // it was archived by Barman, or the power failed right after
        }
        if (!same) {
            throw new MatriarchException(
                    ErrorCode.WAL_CONFLICT,
                    "server '%s' has another WAL file '%s' in its archive".formatted(layout.server(), name),
                    "make sure that no other PostgreSQL server archives here; the archived file was not touched.");
        }
        return true;
    }

    private static boolean sameContent(InputStream stored, InputStream offered) throws IOException {
        byte[] left = new byte[BUFFER_BYTES];
        byte[] right = new byte[BUFFER_BYTES];
        while (true) {
            int offeredBytes = offered.readNBytes(left, 0, BUFFER_BYTES);
            int storedBytes = stored.readNBytes(right, 0, BUFFER_BYTES);
            if (!Arrays.equals(left, 0, offeredBytes, right, 0, storedBytes)) {
                return false;
            }
            if (offeredBytes < BUFFER_BYTES) {
                return true;
            }
        }
    }

    private void indexAgain(WalIndex index, WalFileName name) throws StorageException {
        if (index.contains(name)) {
            return;
        }
        Optional<ObjectInfo> object = store.find(layout.wal(name));
        if (object.isPresent()) {
            WalLine line = scan().describe(name, object.get());
            index.add(line);
        }
    }

    private InputStream openStored(WalFileName name) throws IOException {
        InputStream in = store.open(layout.wal(name), 0);
        try {
            var buffered = new BufferedInputStream(in, BUFFER_BYTES);
            buffered.mark(Compressors.HEAD_BYTES);
            byte[] head = buffered.readNBytes(Compressors.HEAD_BYTES);
            Optional<String> compression = compressors.recognise(head);
            buffered.reset();
            if (compression.isEmpty() && Encryption.isOpenPgp(head)) {
                throw encrypted(name, Encryption.GPG);
            }
            InputStream content = compression.isEmpty() ? buffered : decompress(compression.get(), buffered, name);
            return new CheckedWal(content, known().checksums().find(name), e -> unreadable(name, e));
        } catch (IOException | MatriarchException e) {
            in.close();
            throw e;
        }
    }

    private InputStream decompress(String id, InputStream stored, WalFileName name) throws IOException {
        String what = "read '%s' of server '%s'".formatted(name, layout.server());
        Compressor compressor = compressors.require(id, what);
        return new PluginStream(
                () -> compressor.decompress(stored),
                e -> PluginFailures.of(compressor, "compressor '%s'".formatted(id), what, e));
    }

    private void refuseEncrypted(WalFileName name) {
        Optional<String> encryption = index().find(name).flatMap(WalLine::encryption);
        if (encryption.isPresent()) {
            throw encrypted(name, encryption.get());
        }
    }

    private MatriarchException encrypted(WalFileName name, String encryption) {
        return new MatriarchException(
                ErrorCode.PLUGIN_MISSING,
                "unable to read '%s' of server '%s': it is encrypted with '%s'"
                        .formatted(name, layout.server(), encryption),
                "Barman encrypted it: decrypt the file with Barman or %s first.".formatted(encryption));
    }

    private MatriarchException unreadable(WalFileName name, IOException e) {
        if (e instanceof StorageException storage) {
            return StoreFailures.of(storage);
        }
        if (e instanceof InterruptedIOException) {
            return StoreFailures.of("read '%s' of server '%s'".formatted(name, layout.server()), e);
        }
        return new MatriarchException(
                ErrorCode.OBJECT_CORRUPT,
                "unable to read '%s' of server '%s' in store '%s': %s%s"
                        .formatted(name, layout.server(), store.id(), e.getMessage(), expected(name)),
                "the archived file is damaged: take a new backup, whose recovery does not need it.",
                e);
    }

    /** Says what should have been read, whoever notices that it is not: a compressor may, before our own checksum. */
    private String expected(WalFileName name) {
        try {
            return known().checksums()
                    .find(name)
                    .map(", archived were %s"::formatted)
                    .orElse("");
        } catch (IOException e) {
            LOG.debug("unable to see what '{}' contained", name, e);
            return "";
        }
    }
}
