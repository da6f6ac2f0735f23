package org.matriarch.core.plugin.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.configuration.Reconfigurable;
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

    static final String STORE = "store";
    static final String TRANSPORT = "transport";
    static final String COMPRESSOR = "compressor";
    static final String HOOK_RUNNER = "hook runner";
    static final String NOTIFIER = "notifier";
    /** The runner of all hooks that can be configured. */
    static final String SCRIPTS = "script";

    static final String MISSING = "MISSING";
    static final String REFUSED = "REFUSED";

    private final Servers servers;
    private final UnfitBundles unfit;
    private final RefusedPlugins refused;
    private final Map<ServiceReference<?>, Installed> installed = new ConcurrentHashMap<>();

    /** Begins with none. */
    @Activate
    public InstalledPlugins(
            @Reference Servers servers, @Reference UnfitBundles unfit, @Reference RefusedPlugins refused) {
        this.servers = servers;
        this.unfit = unfit;
        this.refused = refused;
    }

    /** What a plugin said of itself when it came or was configured anew. */
    private record Installed(Key key, boolean inForce, Optional<String> problem) {}

    /** What a plugin is called by. */
    record Key(String kind, String id) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            return Comparator.comparing(Key::kind).thenComparing(Key::id).compare(this, other);
        }
    }

    @Reference(
            service = ObjectStore.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addStore(ServiceReference<ObjectStore> reference, ObjectStore store) {
        add(reference, STORE, store, store::id);
    }

    void updatedStore(ServiceReference<ObjectStore> reference, ObjectStore store) {
        addStore(reference, store);
    }

    void removeStore(ServiceReference<ObjectStore> reference) {
        installed.remove(reference);
    }

    @Reference(
            service = BackupTransport.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addTransport(ServiceReference<BackupTransport> reference) {
        add(reference, TRANSPORT);
    }

    void removeTransport(ServiceReference<BackupTransport> reference) {
        installed.remove(reference);
    }

    @Reference(
            service = Compressor.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addCompressor(ServiceReference<Compressor> reference, Compressor compressor) {
        add(reference, COMPRESSOR, compressor, compressor::id);
    }

    void updatedCompressor(ServiceReference<Compressor> reference, Compressor compressor) {
        addCompressor(reference, compressor);
    }

    void removeCompressor(ServiceReference<Compressor> reference) {
        installed.remove(reference);
    }

    @Reference(
            service = HookRunner.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addHookRunner(ServiceReference<HookRunner> reference) {
        add(reference, HOOK_RUNNER);
    }

    void removeHookRunner(ServiceReference<HookRunner> reference) {
        installed.remove(reference);
    }

    @Reference(service = Notifier.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNotifier(ServiceReference<Notifier> reference, Notifier notifier) {
        add(reference, NOTIFIER, notifier, notifier::id);
    }

    void updatedNotifier(ServiceReference<Notifier> reference, Notifier notifier) {
        addNotifier(reference, notifier);
    }

    void removeNotifier(ServiceReference<Notifier> reference) {
        installed.remove(reference);
    }

    private void add(ServiceReference<?> reference, String kind) {
        installed.put(
                reference, new Installed(new Key(kind, id(reference::getProperty, kind)), true, Optional.empty()));
    }

    /** The properties of a service are those of its newest configuration, which may be refused. */
    private void add(ServiceReference<?> reference, String kind, Object plugin, Supplier<String> id) {
        if (plugin instanceof Reconfigurable reconfigurable) {
            boolean inForce = reconfigurable.isInForce();
            String name = inForce ? id.get() : id(reference::getProperty, kind);
            installed.put(reference, new Installed(new Key(kind, name), inForce, reconfigurable.refused()));
        } else {
            add(reference, kind);
        }
    }

    @Override
    public List<PluginInfo> plugins() {
        Map<Key, Set<String>> users = users();
        var plugins = new ArrayList<PluginInfo>();
        installed.forEach((reference, each) -> {
            Bundle bundle = reference.getBundle();
            if (bundle != null) { // null once the service is gone
                plugins.add(new PluginInfo(
                        each.key().kind(),
                        each.key().id(),
                        Objects.toString(bundle.getSymbolicName(), ""),
                        bundle.getVersion().toString(),
                        each.inForce() ? state(bundle.getState()) : REFUSED,
                        List.copyOf(users.getOrDefault(each.key(), Set.of())),
                        each.problem()));
            }
        });
        refused.list(key -> List.copyOf(users.getOrDefault(key, Set.of()))).forEach(plugins::add);
        var listed = plugins.stream()
                .map(plugin -> new Key(plugin.kind(), plugin.id()))
                .collect(Collectors.toSet());
        users.forEach((key, names) -> {
            if (!listed.contains(key)) {
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

    /** Returns what the properties of a plugin of a kind say that it is called. */
    static String id(Function<String, @Nullable Object> properties, String kind) {
        String property = switch (kind) {
            case STORE -> ObjectStore.PROPERTY_ID;
            case TRANSPORT -> BackupTransport.PROPERTY_ID;
            case COMPRESSOR -> Compressor.PROPERTY_ID;
            case NOTIFIER -> Notifier.PROPERTY_ID;
            default -> HookRunner.PROPERTY_ID;
        };
        return Objects.toString(properties.apply(property), "");
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
