package org.matriarch.core.plugin.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.hook.HookRunner;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.transport.BackupTransport;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The plugins by what their services say of themselves: no plugin is called to be listed, so that one that hangs is
 * listed as well.
 */
@Component(service = Plugins.class)
public final class InstalledPlugins implements Plugins {

    private static final String STORE = "store";
    private static final String TRANSPORT = "transport";
    static final String COMPRESSOR = "compressor";
    static final String HOOK_RUNNER = "hook runner";
    private static final String NOTIFIER = "notifier";
    /** The runner of all hooks that can be configured. */
    static final String SCRIPTS = "script";

    static final String MISSING = "MISSING";

    private final Servers servers;
    private final UnfitBundles unfit;
    private final Map<ServiceReference<?>, String> kinds = new ConcurrentHashMap<>();

    /** Begins with none. */
    @Activate
    public InstalledPlugins(@Reference Servers servers, @Reference UnfitBundles unfit) {
        this.servers = servers;
        this.unfit = unfit;
    }

    /** What a plugin is called by. */
    private record Key(String kind, String id) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            return Comparator.comparing(Key::kind).thenComparing(Key::id).compare(this, other);
        }
    }

    @Reference(
            service = ObjectStore.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addStore(ServiceReference<ObjectStore> reference) {
        kinds.put(reference, STORE);
    }

    void removeStore(ServiceReference<ObjectStore> reference) {
        kinds.remove(reference);
    }

    @Reference(
            service = BackupTransport.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addTransport(ServiceReference<BackupTransport> reference) {
        kinds.put(reference, TRANSPORT);
    }

    void removeTransport(ServiceReference<BackupTransport> reference) {
        kinds.remove(reference);
    }

    @Reference(
            service = Compressor.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addCompressor(ServiceReference<Compressor> reference) {
        kinds.put(reference, COMPRESSOR);
    }

    void removeCompressor(ServiceReference<Compressor> reference) {
        kinds.remove(reference);
    }

    @Reference(
            service = HookRunner.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addHookRunner(ServiceReference<HookRunner> reference) {
        kinds.put(reference, HOOK_RUNNER);
    }

    void removeHookRunner(ServiceReference<HookRunner> reference) {
        kinds.remove(reference);
    }

    @Reference(service = Notifier.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNotifier(ServiceReference<Notifier> reference) {
        kinds.put(reference, NOTIFIER);
    }

    void removeNotifier(ServiceReference<Notifier> reference) {
        kinds.remove(reference);
    }

    @Override
    public List<PluginInfo> plugins() {
        Map<Key, Set<String>> users = users();
        var plugins = new ArrayList<PluginInfo>();
        var installed = new TreeSet<Key>();
        kinds.forEach((reference, kind) -> {
            Key key = new Key(kind, id(reference, kind));
            Bundle bundle = reference.getBundle();
            if (bundle != null) { // null once the service is gone
                installed.add(key);
                plugins.add(new PluginInfo(
                        kind,
                        key.id(),
                        Objects.toString(bundle.getSymbolicName(), ""),
                        bundle.getVersion().toString(),
                        state(bundle.getState()),
                        List.copyOf(users.getOrDefault(key, Set.of()))));
            }
        });
        users.forEach((key, names) -> {
            if (!installed.contains(key)) {
                plugins.add(new PluginInfo(key.kind(), key.id(), "", "", MISSING, List.copyOf(names)));
            }
        });
        plugins.addAll(unfit.list());
        plugins.sort(Comparator.comparing(PluginInfo::kind).thenComparing(PluginInfo::id));
        return List.copyOf(plugins);
    }

    private Map<Key, Set<String>> users() {
        var users = new TreeMap<Key, Set<String>>();
        for (ServerConfiguration server : servers.servers()) {
            var needed = new ArrayList<Key>();
            needed.add(new Key(STORE, server.repository().store()));
            needed.add(new Key(TRANSPORT, server.backup().method()));
            if (!server.repository().compression().equals("none")) {
                needed.add(new Key(COMPRESSOR, server.repository().compression()));
            }
            if (!server.hooks().commands().isEmpty()) {
                needed.add(new Key(HOOK_RUNNER, SCRIPTS));
            }
            needed.forEach(
                    key -> users.computeIfAbsent(key, any -> new TreeSet<>()).add(server.name()));
        }
        return users;
    }

    private static String id(ServiceReference<?> reference, String kind) {
        String property = switch (kind) {
            case STORE -> ObjectStore.PROPERTY_ID;
            case TRANSPORT -> BackupTransport.PROPERTY_ID;
            case COMPRESSOR -> Compressor.PROPERTY_ID;
            case NOTIFIER -> Notifier.PROPERTY_ID;
            default -> HookRunner.PROPERTY_ID;
        };
        return Objects.toString(reference.getProperty(property), "");
    }

    private static String state(int state) {
        return switch (state) {
            case Bundle.ACTIVE -> "ACTIVE";
            case Bundle.STARTING -> "STARTING";
            case Bundle.STOPPING -> "STOPPING";
            case Bundle.RESOLVED -> "RESOLVED";
            case Bundle.INSTALLED -> "INSTALLED";
            default -> "UNINSTALLED";
        };
    }
}
