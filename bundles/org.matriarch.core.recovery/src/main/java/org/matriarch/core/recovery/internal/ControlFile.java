package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.matriarch.spi.transport.HostFiles;

/**
 * Decides whether PostgreSQL starts from a data directory: without {@code global/pg_control} it does not. The file is put in
 * place last, by a rename, after everything else is on disk, and where there is an older one, that goes first. Whatever ends
 * a restore in between, nothing starts from what it left; the mark beside it says why.
 */
final class ControlFile {

    /** Marks a data directory as half restored. */
    static final String INCOMPLETE_MARK = "matriarch_restore_incomplete";

    private static final int OWNER_FILE = 0600;

    private final HostFiles files;
    private final Path data;
    private final Path global;
    private final Path place;
    private final Path temporary;
    private final Path older;

    ControlFile(HostFiles files, Path data) {
        this.files = files;
        this.data = data;
        global = data.resolve("global");
        place = data.resolve(Layout.CONTROL_FILE);
        temporary = data.resolve(Layout.CONTROL_FILE + ".matriarch");
        older = olderPlace(data);
    }

    /** Returns where the control file of an older copy is kept while that is brought up to date. */
    static Path olderPlace(Path data) {
        return data.resolve(Layout.CONTROL_FILE + ".older");
    }

    /** Returns where the new file is to be copied to. */
    Path temporary() {
        return temporary;
    }

    /** Returns the mark. */
    Path mark() {
        return data.resolve(INCOMPLETE_MARK);
    }

    /** Keeps PostgreSQL from starting from an older copy. */
    void putAside() throws IOException {
        if (files.find(place).isPresent()) {
            files.rename(place, older);
        }
        if (files.find(global).isPresent()) {
            files.sync(global);
        }
    }

    /** Undoes {@link #putAside} before anything else was touched. */
    void putBack() throws IOException {
        if (files.find(older).isPresent()) {
            files.rename(older, place);
            files.sync(global);
        }
    }

    /** Marks the directory, durably. */
    void writeMark() throws IOException {
        if (files.find(mark()).isEmpty()) {
            files.create(mark(), OWNER_FILE).close();
        }
        files.sync(data);
    }

    /** Lets PostgreSQL start, now that everything else is on disk and the new file is, too, under its temporary name. */
    void putInPlace() throws IOException {
        if (files.find(temporary).isPresent()) { // else the rename was done, and only its answer lost
            files.delete(mark());
            files.delete(older);
            files.sync(data);
            files.rename(temporary, place);
        }
        files.sync(global);
    }

    /** Takes back the permission to start. */
    void remove() throws IOException {
        if (files.find(place).isPresent()) {
            files.delete(place);
            files.sync(global);
        }
    }

    /** Returns whether a path within the directory is one of those that a restore in progress needs. */
    boolean needs(Path path) {
        return path.equals(mark()) || path.equals(older);
    }
}
