package org.matriarch.testkit.storage;

import org.matriarch.spi.storage.ObjectStore;

final class InMemoryObjectStoreTest extends ObjectStoreContract {

    @Override
    protected ObjectStore createStore() {
        return new InMemoryObjectStore("memory");
    }
}
