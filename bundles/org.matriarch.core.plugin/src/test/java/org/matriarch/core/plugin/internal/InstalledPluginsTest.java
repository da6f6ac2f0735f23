package org.matriarch.core.plugin.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.hook.HookRunner;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.transport.BackupTransport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

final class InstalledPluginsTest {

    private final List<ServerConfiguration> configured = new ArrayList<>();
    private final InstalledPlugins plugins = new InstalledPlugins(
            standIn(Servers.class, Map.of("servers", configured)),
            new UnfitBundles(
                    standIn(BundleContext.class, Map.of("getBundles", new Bundle[0])),
                    standIn(Bundle.class, Map.of("getHeaders", FrameworkUtil.asDictionary(Map.of())))));

    @Test
    void listsWhatIsInstalledAndWhoUsesIt() {
        configured.add(server("b", "none"));
        configured.add(server("a", "zstd", true));
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "default", Bundle.ACTIVE));
        plugins.addTransport(reference(BackupTransport.PROPERTY_ID, "streaming", Bundle.STARTING));
        plugins.addCompressor(reference(Compressor.PROPERTY_ID, "zstd", Bundle.STOPPING));
        plugins.addHookRunner(reference(HookRunner.PROPERTY_ID, "script", Bundle.RESOLVED));
        plugins.addNotifier(reference(Notifier.PROPERTY_ID, "mail", Bundle.ACTIVE));

        assertThat(plugins.plugins())
                .containsExactly(
                        info("compressor", "zstd", "STOPPING", List.of("a")),
                        info("hook runner", "script", "RESOLVED", List.of("a")),
                        info("notifier", "mail", "ACTIVE", List.of()),
                        info("store", "default", "ACTIVE", List.of("a", "b")),
                        info("transport", "streaming", "STARTING", List.of("a", "b")));
    }

    @Test
    void listsWhatIsConfiguredThoughNotInstalled() {
        configured.add(server("a", "zstd", true));

        assertThat(plugins.plugins())
                .containsExactly(
                        new PluginInfo("compressor", "zstd", "", "", "MISSING", List.of("a")),
                        new PluginInfo("hook runner", "script", "", "", "MISSING", List.of("a")),
                        new PluginInfo("store", "default", "", "", "MISSING", List.of("a")),
                        new PluginInfo("transport", "streaming", "", "", "MISSING", List.of("a")));
    }

    @Test
    void checksWhatAServerNeeds() {
        var check = new PluginsCheck(plugins);
        ServerConfiguration server = server("a", "zstd", true);
        configured.add(server);

        assertThat(check.check(server("b", "none")))
                .containsExactly(new CheckResult("compression settings", Outcome.OK, "none", ""));
        assertThat(check.check(server))
                .containsExactly(
                        new CheckResult(
                                "compression settings",
                                Outcome.FAILED,
                                "compressor 'zstd' is not installed",
                                "see plugin:list; install the bundle that brings it, or correct the option."),
                        new CheckResult(
                                "hook settings",
                                Outcome.FAILED,
                                "hook runner 'script' is not installed",
                                "see plugin:list; install the bundle that brings it, or correct the option."));
        plugins.addCompressor(reference(Compressor.PROPERTY_ID, "zstd", Bundle.ACTIVE));
        plugins.addHookRunner(reference(HookRunner.PROPERTY_ID, "script", Bundle.ACTIVE));
        assertThat(check.check(server)).extracting(CheckResult::outcome).containsOnly(Outcome.OK);
    }

    @Test
    void forgetsWhatLeft() {
        ServiceReference<ObjectStore> store = reference(ObjectStore.PROPERTY_ID, "default", Bundle.ACTIVE);
        ServiceReference<BackupTransport> transport =
                reference(BackupTransport.PROPERTY_ID, "streaming", Bundle.ACTIVE);
        ServiceReference<Compressor> compressor = reference(Compressor.PROPERTY_ID, "zstd", Bundle.ACTIVE);
        ServiceReference<HookRunner> runner = reference(HookRunner.PROPERTY_ID, "script", Bundle.ACTIVE);
        plugins.addStore(store);
        plugins.addTransport(transport);
        plugins.addCompressor(compressor);
        plugins.addHookRunner(runner);
        ServiceReference<Notifier> notifier = reference(Notifier.PROPERTY_ID, "mail", Bundle.ACTIVE);
        plugins.addNotifier(notifier);

        plugins.removeNotifier(notifier);
        plugins.removeStore(store);
        plugins.removeTransport(transport);
        plugins.removeCompressor(compressor);
        plugins.removeHookRunner(runner);

        assertThat(plugins.plugins()).isEmpty();
    }

    @Test
    void passesOverAServiceThatIsGoneAlready() {
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "default", null));

        assertThat(plugins.plugins()).isEmpty();
    }

    @Test
    void showsOtherStatesOfABundle() {
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "a", Bundle.INSTALLED));
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "b", Bundle.UNINSTALLED));

        assertThat(plugins.plugins()).extracting(PluginInfo::state).containsExactly("INSTALLED", "UNINSTALLED");
    }

    private static PluginInfo info(String kind, String id, String state, List<String> usedBy) {
        return new PluginInfo(kind, id, "org.example.plugin", "1.2.3", state, usedBy);
    }

    private static ServerConfiguration server(String name, String compression) {
        return server(name, compression, false);
    }

    private static ServerConfiguration server(String name, String compression, boolean hooked) {
        return new ServerConfiguration(
                name,
                "",
                true,
                "host=pg",
                "host=pg",
                Path.of("/srv", name),
                new ServerConfiguration.RepositorySettings(
                        "default", "plain", compression, Optional.empty(), 0, Optional.empty()),
                new ServerConfiguration.BackupSettings(
                        "streaming", false, 0, 1, 0, Duration.ZERO, "backup", Duration.ZERO),
                ServerConfiguration.CopySettings.NONE,
                new ServerConfiguration.WalSettings(true, false, Optional.empty(), false, "wal"),
                new ServerConfiguration.RestoreSettings(false, false),
                hooked
                        ? new ServerConfiguration.HookSettings(Map.of(Hook.ALL.get(0), "true"))
                        : ServerConfiguration.HookSettings.NONE,
                ServerConfiguration.ScheduleSettings.NONE,
                ServerConfiguration.MonitoringSettings.NONE);
    }

    @SuppressWarnings("unchecked") // the reference yields no service, only properties
    private static <T> ServiceReference<T> reference(String property, String id, @Nullable Integer state) {
        Map<String, Object> bundle = state == null
                ? Map.of()
                : Map.of(
                        "getSymbolicName", "org.example.plugin", "getVersion", new Version("1.2.3"), "getState", state);
        Bundle standIn = state == null ? null : standIn(Bundle.class, bundle);
        return (ServiceReference<T>) Proxy.newProxyInstance(
                InstalledPluginsTest.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getBundle" -> standIn;
                    case "getProperty" -> arguments[0].equals(property) ? id : null;
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    private static <T> T standIn(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.get(method.getName())));
    }
}
