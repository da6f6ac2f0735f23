package org.matriarch.core.repository.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.configuration.Reconfigurable;
import org.matriarch.spi.storage.ObjectStore;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The stores that are installed right now. Stores come and go while the product runs; operations look up late. */
@Component(service = ObjectStores.class)
public final class ObjectStores {

    /** Id of the store that lies under {@code matriarch_home}. */
    static final String DEFAULT_ID = "default";

    private final Map<String, ObjectStore> storesById = new ConcurrentHashMap<>();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addStore(ObjectStore store) {
        if (!isInForce(store)) {
            return; // its properties change when that does
        }
        storesById.put(store.id(), store);
    }

    /** A store may get another id while it is used. */
    void updatedStore(ObjectStore store) {
        if (!isInForce(store)) {
            return; // none that was in force ceases to be
        }
        if (storesById.get(store.id()) != store) {
            removeStore(store);
            addStore(store);
        }
    }

    private static boolean isInForce(ObjectStore store) {
        return !(store instanceof Reconfigurable reconfigurable) || reconfigurable.isInForce();
    }

    void removeStore(ObjectStore store) {
        storesById.values().removeIf(known -> known == store);
    }

    Optional<ObjectStore> find(String id) {
        return Optional.ofNullable(storesById.get(id));
    }

    ObjectStore require(String id, String server) {
        ObjectStore store = storesById.get(id);
        if (store == null) {
            throw new MatriarchException(
                    ErrorCode.STORE_MISSING,
                    "unable to open the repository of server '%s': store '%s' is not installed".formatted(server, id),
                    hint(id, server));
        }
        return store;
    }

    private static String hint(String id, String server) {
        return DEFAULT_ID.equals(id)
                ? "run feature:install matriarch-storage-file, which brings the file store."
                : ("configure it in etc/org.matriarch.storage.file-%s.cfg (feature:install matriarch-storage-file brings the"
                                + " file store), or correct 'repository' in etc/org.matriarch.server-%s.cfg.")
                        .formatted(id, server);
    }
}
