package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BrokenBackup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journals of the backups of one server that are being written or broke off, each a local file, whatever store the backup
 * goes to: a store need not be able to append. A journal is a help and no more; that it cannot be written or read harms nobody.
 */
final class Journals {

    private static final Logger LOG = LoggerFactory.getLogger(Journals.class);
    private static final String SUFFIX = ".files";

    private final Path directory;

    Journals(Path directory) {
        this.directory = directory;
    }

    /** Begins the journal of a backup. */
    Journal begin(BackupId id, Instant serverTime) {
        Path file = file(id);
        try {
            Files.createDirectories(directory);
            return new Journal(file, serverTime);
        } catch (IOException e) {
            LOG.warn(
                    "backup '{}' could not be resumed if it broke: unable to write '{}': {}", id, file, e.getMessage());
            return new Journal(serverTime);
        }
    }

    /** Returns what the journal of a backup says, up to where it is torn. */
    Optional<BrokenBackup> read(Backup backup) {
        Path file = file(backup.id());
        var files = new ArrayList<BackupEntry>();
        boolean shares = false;
        Instant serverTime;
        try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
            serverTime = Journal.serverTime(lines.readLine());
            shares = read(lines, files);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("backup '{}' cannot be resumed: unable to read '{}': {}", backup.id(), file, e.getMessage());
            return Optional.empty();
        }
        return Optional.of(new BrokenBackup(backup, serverTime, shares, files));
    }

    /** Reads files up to a line that is torn; returns whether files were shared by then. */
    private static boolean read(BufferedReader lines, List<BackupEntry> files) {
        boolean shares = false;
        try {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(Journal.SHARES)) {
                    shares = true;
                } else {
                    files.add(Manifest.parseEntry(line));
                }
            }
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            LOG.debug("a journal ends with a torn line, after {} files", files.size(), e);
        }
        return shares;
    }

    /** Removes the journal of a backup. */
    void delete(BackupId id) {
        delete(file(id));
    }

    /** Removes the journals of backups that are not there any more. */
    void sweep(Existence existence) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                String id = name.substring(0, name.length() - SUFFIX.length());
                if (!BackupId.isValid(id) || !existence.of(new BackupId(id))) {
                    delete(file);
                }
            }
        } catch (NoSuchFileException e) {
            return; // there never was one
        } catch (IOException e) {
            LOG.warn("unable to look for old journals in '{}': {}", directory, e.getMessage());
        }
    }

    /** Tells whether there is a backup. */
    interface Existence {
        boolean of(BackupId id) throws IOException;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("unable to remove '{}': {}", file, e.getMessage());
        }
    }

    private Path file(BackupId id) {
        return directory.resolve(id + SUFFIX);
    }
}
