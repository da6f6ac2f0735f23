package org.matriarch.testkit.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** Proves that the contract notices what breaks it. */
final class BrokenStoresTest {

    private final InMemoryObjectStore sound = new InMemoryObjectStore("memory");

    @Test
    void noticesHalvesThatLookWhole() throws IOException {
        ObjectStoreContract contract = contractOf(new ForwardingObjectStore(sound) {
            @Override
            public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
                try {
                    byte[] bytes = content.readAllBytes();
                    return super.put(name, new ByteArrayInputStream(bytes), bytes.length);
                } catch (IOException e) {
                    throw new StorageException("unable to write '%s'".formatted(name), true, e);
                }
            }
        });

        assertNotices(contract::showsNothingOfAnObjectThatEndedEarly);
        assertNotices(contract::showsNothingOfAnObjectThatIsLongerThanAnnounced);
    }

    @Test
    void noticesAnObjectThatIsOverwritten() throws IOException {
        ObjectStoreContract contract = contractOf(new ForwardingObjectStore(sound) {
            @Override
            public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
                delete(name);
                return super.put(name, content, sizeBytes);
            }
        });

        assertNotices(contract::refusesATakenNameAndLeavesTheObject);
    }

    @Test
    void noticesAListOutOfOrder() throws IOException {
        ObjectStoreContract contract = contractOf(new ForwardingObjectStore(sound) {
            @Override
            public List<ObjectInfo> list(String prefix) throws StorageException {
                var reversed = new ArrayList<>(super.list(prefix));
                Collections.reverse(reversed);
                return reversed;
            }
        });

        assertNotices(contract::listsByPrefixInNameOrder);
    }

    @Test
    void noticesADeletionThatTakesNeighboursAlong() throws IOException {
        ObjectStoreContract contract = contractOf(new ForwardingObjectStore(sound) {
            @Override
            public void deleteAll(String prefix) throws StorageException {
                for (ObjectInfo object : list(prefix.substring(0, Math.max(0, prefix.length() - 1)))) {
                    delete(object.name());
                }
            }
        });

        assertNotices(contract::deletesAllBelowAPrefixAndNothingBesideIt);
        assertNotices(contract::refusesToDeleteAllBelowWhatIsNoDirectory);
    }

    @Test
    void noticesAnOffsetThatIsIgnored() throws IOException {
        ObjectStoreContract contract = contractOf(new ForwardingObjectStore(sound) {
            @Override
            public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
                return super.open(name, 0);
            }
        });

        assertNotices(contract::readsFromAnOffset);
    }

    private static void assertNotices(ThrowingCallable test) {
        assertThatThrownBy(test).isInstanceOf(AssertionError.class);
    }

    private static ObjectStoreContract contractOf(ObjectStore broken) throws IOException {
        var contract = new ObjectStoreContract() {
            @Override
            protected ObjectStore createStore() {
                return broken;
            }
        };
        contract.openStore();
        return contract;
    }
}
