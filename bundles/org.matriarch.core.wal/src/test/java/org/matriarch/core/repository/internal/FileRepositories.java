package org.matriarch.core.repository.internal;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.repository.Repositories;
import org.matriarch.storage.file.internal.FileObjectStore;

/** Repositories as the container has them, on the store that it comes with. Here, because plugins come in this package. */
public final class FileRepositories {

    private static @Nullable PlainRepositories last;

    private FileRepositories() {}

    /** Opens those below a directory, in a store called {@code file}. Those that were opened before end. */
    public static synchronized Repositories in(Path directory) {
        end();
        var stores = new ObjectStores();
        stores.addStore(new FileObjectStore(
                Map.of("matriarch.store.id", "file", "directory", directory.toString(), "reserve_mebibytes", 0L)));
        var opened = new PlainRepositories(stores, new Compressors());
        last = opened;
        return opened;
    }

    /** Lets another process write. */
    public static synchronized void end() {
        if (last != null) {
            last.close();
            last = null;
        }
    }
}
