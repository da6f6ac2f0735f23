package org.matriarch.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;

final class FaultyObjectStoreTest {

    private static final ObjectName NAME = new ObjectName("a/1");

    private final InMemoryObjectStore memory = new InMemoryObjectStore("memory");
    private final FaultyObjectStore store = new FaultyObjectStore(memory);

    @Test
    void failsFromTheChosenCallOn() throws IOException {
        store.failAtCall(2);

        put(10);

        assertThatThrownBy(() -> store.find(NAME)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.list("")).isInstanceOf(StorageException.class);
        store.heal();
        assertThat(store.find(NAME)).isPresent();
    }

    @Test
    void failsAfterSoManyBytes() {
        store.failAfterBytes(100);

        assertThatThrownBy(() -> put(101)).isInstanceOf(StorageException.class);

        assertThat(memory.list("")).isEmpty();
    }

    @Test
    void isFull() {
        store.full(true);

        assertThatThrownBy(() -> put(1)).isInstanceOf(StoreFullException.class);
        assertThatThrownBy(() -> store.batch().create(NAME, 1)).isInstanceOf(StoreFullException.class);
    }

    private void put(int size) throws IOException {
        store.put(NAME, new ByteArrayInputStream(new byte[size]), size);
    }
}
