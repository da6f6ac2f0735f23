package org.matriarch.core.repository.internal;

import java.nio.file.Path;
import java.util.Map;
import org.matriarch.api.repository.Repositories;
import org.matriarch.storage.file.internal.FileObjectStore;

/** Repositories as the container has them, on the store that it comes with. Here, because plugins come in this package. */
public final class FileRepositories implements AutoCloseable {

    private final PlainRepositories opened;

    /** Opens those below a directory, in a store called {@code file}. */
    public FileRepositories(Path directory) {
        var stores = new ObjectStores();
        stores.addStore(new FileObjectStore(
                Map.of("matriarch.store.id", "file", "directory", directory.toString(), "reserve_mebibytes", 0L)));
        opened = new PlainRepositories(stores, new Compressors());
    }

    /** Returns what others know them by. */
    public Repositories asService() {
        return opened;
    }

    /** Lets others write. */
    @Override
    public void close() {
        opened.close();
    }
}
