package org.matriarch.storage.file.internal;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.testkit.storage.ObjectStoreContract;

final class FileObjectStoreTest extends ObjectStoreContract {

    @TempDir
    private Path directory;

    @Override
    protected ObjectStore createStore() {
        return new FileObjectStore(new StoreSettings("main", directory.resolve("new/store"), 0), new Disk());
    }
}
