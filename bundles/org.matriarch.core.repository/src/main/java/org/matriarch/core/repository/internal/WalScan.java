package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.matriarch.api.model.WalFileName;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** Finds out what the archive really holds. */
final class WalScan {

    private static final long CLOCK_SLACK_MICROS = 60_000_000;

    private final ObjectStore store;
    private final Layout layout;
    private final Compressors compressors;

    WalScan(ObjectStore store, Layout layout, Compressors compressors) {
        this.store = store;
        this.layout = layout;
        this.compressors = compressors;
    }

    /** Looks at everything; what {@code known} says of a file that has not changed is believed. */
    WalTable everything(WalTable known) throws StorageException {
        var found = new WalTable();
        add(layout.walPrefix(), known, found);
        return found;
    }

    /**
     * Looks at what may have changed since the youngest line of an index was written: whole directories by their times,
     * where the store has any. An index that lost its end in a power failure is thus completed without reading it all.
     *
     * @param untilMicros up to when the index is known to be right
     */
    WalTable changes(WalTable known, long untilMicros) throws StorageException {
        Optional<Path> directory = store.directory(layout.walPrefix());
        if (directory.isEmpty()) {
            return everything(known);
        }
        Map<String, Boolean> changed = directories(directory.get(), untilMicros - CLOCK_SLACK_MICROS);
        Set<String> believed = known.directories();
        believed.removeIf(name -> !Boolean.FALSE.equals(changed.get(name)));
        WalTable found = known.in(believed);
        for (String child : changed.keySet()) {
            if (!believed.contains(child)) {
                add(layout.walPrefix() + child + "/", known, found);
            }
        }
        addHistories(directory.get(), known, found);
        return found;
    }

    private Map<String, Boolean> directories(Path wals, long sinceMicros) throws StorageException {
        var changed = new HashMap<String, Boolean>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(wals)) {
            for (Path child : children) {
                if (wals.relativize(child).toString().matches("[0-9A-F]{16}") && Files.isDirectory(child)) {
                    Instant modified = Files.getLastModifiedTime(child).toInstant();
                    changed.put(
                            wals.relativize(child).toString(),
                            ChronoUnit.MICROS.between(Instant.EPOCH, modified) >= sinceMicros);
                }
            }
        } catch (NoSuchFileException e) {
            return changed; // nothing was ever archived
        } catch (IOException e) {
            throw unreadable(layout.walPrefix(), e);
        }
        return changed;
    }

    private void addHistories(Path wals, WalTable known, WalTable found) throws StorageException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(wals, "*.history")) {
            for (Path child : children) {
                Optional<ObjectInfo> object =
                        WalFileName.find(wals.relativize(child).toString()).isEmpty()
                                ? Optional.empty()
                                : store.find(layout.wal(
                                        new WalFileName(wals.relativize(child).toString())));
                if (object.isPresent()) {
                    add(object.get(), known, found);
                }
            }
        } catch (NoSuchFileException e) {
            return; // nothing was ever archived
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(layout.walPrefix(), e);
        }
    }

    private void add(String prefix, WalTable known, WalTable found) throws StorageException {
        for (ObjectInfo object : store.list(prefix)) {
            add(object, known, found);
        }
    }

    private void add(ObjectInfo object, WalTable known, WalTable found) throws StorageException {
        String file = object.name().value();
        Optional<WalFileName> name = WalFileName.find(file.substring(file.lastIndexOf('/') + 1));
        if (name.isEmpty() || !layout.wal(name.get()).equals(object.name())) {
            return; // not ours, or not where it would be looked for
        }
        Optional<WalLine> line = known.find(name.get()).filter(each -> each.storedBytes() == object.sizeBytes());
        if (line.isEmpty()) {
            try {
                line = Optional.of(describe(name.get(), object));
            } catch (ObjectMissingException e) {
                return; // deleted meanwhile
            }
        }
        found.put(line.get());
    }

    /** Returns the line of an object that is stored. */
    WalLine describe(WalFileName name, ObjectInfo object) throws StorageException {
        return WalLine.of(name, object.sizeBytes(), object.modified(), compression(object));
    }

    private Optional<String> compression(ObjectInfo object) throws StorageException {
        try (InputStream in = store.open(object.name(), 0)) {
            return compressors.recognise(in.readNBytes(Compressors.HEAD_BYTES));
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(object.name().value(), e);
        }
    }

    private StorageException unreadable(String what, IOException e) {
        return new StorageException(
                "unable to read '%s' in store '%s': %s".formatted(what, store.id(), e.getMessage()), true, e);
    }
}
