package org.matriarch.core.repository.internal;

import java.nio.file.Path;
import java.util.Map;
import org.matriarch.api.repository.Repositories;
import org.matriarch.storage.file.internal.FileObjectStore;

/** Repositories as the container has them, on the store that it comes with. Here, because plugins come in this package. */
public final class FileRepositories {

    private FileRepositories() {}

    /** Opens those below a directory, in a store called {@code file}. */
    public static Repositories in(Path directory) {
        var stores = new ObjectStores();
        stores.addStore(new FileObjectStore(
                Map.of("matriarch.store.id", "file", "directory", directory.toString(), "reserve.mebibytes", 0L)));
        return new PlainRepositories(stores, new Compressors());
    }
}
