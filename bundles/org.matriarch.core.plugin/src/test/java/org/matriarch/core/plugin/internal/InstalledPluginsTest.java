package org.matriarch.core.plugin.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.configuration.Reconfigurable;
import org.matriarch.spi.hook.HookRunner;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.transport.BackupTransport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

final class InstalledPluginsTest {

    private static final ObjectStore PLAIN_STORE = standIn(ObjectStore.class, Map.of());
    private static final Compressor PLAIN_COMPRESSOR = standIn(Compressor.class, Map.of());
    private static final Notifier PLAIN_NOTIFIER = standIn(Notifier.class, Map.of());

    private final List<ServerConfiguration> configured = new ArrayList<>();
    private final List<ComponentDescriptionDTO> components = new ArrayList<>();
    private final List<ComponentConfigurationDTO> configurations = new ArrayList<>();
    private final InstalledPlugins plugins = new InstalledPlugins(
            standIn(Servers.class, Map.of("servers", configured)),
            new UnfitBundles(
                    standIn(BundleContext.class, Map.of("getBundles", new Bundle[0])),
                    standIn(Bundle.class, Map.of("getHeaders", FrameworkUtil.asDictionary(Map.of())))),
            new RefusedPlugins(standIn(
                    ServiceComponentRuntime.class,
                    Map.of(
                            "getComponentDescriptionDTOs", components,
                            "getComponentConfigurationDTOs", configurations))));

    @Test
    void listsWhatIsInstalledAndWhoUsesIt() {
        configured.add(server("b", "none"));
        configured.add(server("a", "zstd", true));
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "default", Bundle.ACTIVE), PLAIN_STORE);
        plugins.addTransport(reference(BackupTransport.PROPERTY_ID, "streaming", Bundle.STARTING));
        plugins.addCompressor(reference(Compressor.PROPERTY_ID, "zstd", Bundle.STOPPING), PLAIN_COMPRESSOR);
        plugins.addHookRunner(reference(HookRunner.PROPERTY_ID, "script", Bundle.RESOLVED));
        plugins.addNotifier(reference(Notifier.PROPERTY_ID, "mail", Bundle.ACTIVE), PLAIN_NOTIFIER);

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
        plugins.addCompressor(reference(Compressor.PROPERTY_ID, "zstd", Bundle.ACTIVE), PLAIN_COMPRESSOR);
        plugins.addHookRunner(reference(HookRunner.PROPERTY_ID, "script", Bundle.ACTIVE));
        assertThat(check.check(server)).extracting(CheckResult::outcome).containsOnly(Outcome.OK);
    }

    @Test
    void showsWhatIsRefusedUntilItIsMended() {
        var check = new PluginsCheck(plugins);
        ServerConfiguration server = server("a", "zstd");
        configured.add(server);
        ServiceReference<ObjectStore> store = reference(ObjectStore.PROPERTY_ID, "de fault", Bundle.ACTIVE);
        ServiceReference<Compressor> compressor = reference(Compressor.PROPERTY_ID, "", Bundle.ACTIVE);
        ServiceReference<Notifier> notifier = reference(Notifier.PROPERTY_ID, "mail", Bundle.ACTIVE);

        plugins.addStore(store, configured(ObjectStore.class, "default", Optional.empty()));
        plugins.addCompressor(compressor, configured(Compressor.class, "zstd", Optional.empty()));
        plugins.addNotifier(notifier, configured(Notifier.class, "mail", Optional.empty()));
        assertThat(check.check(server)).extracting(CheckResult::outcome).containsOnly(Outcome.OK);

        plugins.updatedStore(store, configured(ObjectStore.class, "default", Optional.of("no store")));
        plugins.updatedCompressor(compressor, configured(Compressor.class, "zstd", Optional.of("no codec")));
        plugins.updatedNotifier(notifier, configured(Notifier.class, "mail", Optional.of("no mail")));
        assertThat(check.check(server))
                .containsExactly(
                        refused("compression settings", "no codec"),
                        refused("plugin settings", "no mail"),
                        refused("plugin settings", "no store"));
        assertThat(check.check(server("b", "none")))
                .extracting(CheckResult::detail)
                .containsExactly("none", "no codec", "no mail", "no store");
        assertThat(plugins.plugins())
                .extracting(PluginInfo::kind, PluginInfo::id, PluginInfo::state, PluginInfo::problem)
                .contains(
                        tuple("store", "default", "ACTIVE", Optional.of("no store")),
                        tuple("compressor", "zstd", "ACTIVE", Optional.of("no codec")));

        plugins.updatedStore(store, configured(ObjectStore.class, "default", Optional.empty()));
        plugins.updatedCompressor(compressor, configured(Compressor.class, "zstd", Optional.empty()));
        plugins.updatedNotifier(notifier, configured(Notifier.class, "mail", Optional.empty()));
        assertThat(check.check(server)).extracting(CheckResult::outcome).containsOnly(Outcome.OK);
    }

    @Test
    void showsWhatWaitsForAConfigurationThatCanWork() {
        ServiceReference<Compressor> compressor = reference(Compressor.PROPERTY_ID, "new", Bundle.ACTIVE);

        plugins.addCompressor(compressor, configured(Compressor.class, "", Optional.of("no codec")));
        assertThat(plugins.plugins())
                .extracting(PluginInfo::kind, PluginInfo::id, PluginInfo::state, PluginInfo::problem)
                .containsExactly(tuple("compressor", "new", "REFUSED", Optional.of("no codec")));

        plugins.updatedCompressor(compressor, configured(Compressor.class, "new", Optional.empty()));
        assertThat(plugins.plugins())
                .extracting(PluginInfo::kind, PluginInfo::id, PluginInfo::state, PluginInfo::problem)
                .containsExactly(tuple("compressor", "new", "ACTIVE", Optional.empty()));
    }

    @Test
    void showsWhatNeverCameUp() {
        configured.add(server("a", "mine"));
        components.add(component(Compressor.class));
        components.add(component(Runnable.class));
        configurations.add(configuration(ComponentConfigurationDTO.ACTIVE, "good", ""));
        configurations.add(
                configuration(
                        ComponentConfigurationDTO.FAILED_ACTIVATION,
                        "mine",
                        "org.example.Wrapped: outside\n\tat there\nCaused by: x.Refusal: MATR-1001: 'magic' is ''\nHINT: mend it."));
        configurations.add(configuration(ComponentConfigurationDTO.FAILED_ACTIVATION, "odd", "java.lang.Error: odd\n"));
        configurations.add(configuration(ComponentConfigurationDTO.FAILED_ACTIVATION, "mute", ""));

        assertThat(plugins.plugins().stream().filter(plugin -> plugin.kind().equals("compressor")))
                .containsExactly(
                        never("mine", List.of("a"), "'magic' is ''"),
                        never("mute", List.of(), "no reason is known"),
                        never("odd", List.of(), "java.lang.Error: odd"));
        assertThat(new PluginsCheck(plugins).check(server("a", "mine")))
                .startsWith(refused(
                        "compression settings",
                        "'etc/org.example-x.cfg' is refused, and nothing of it is in force: 'magic' is ''"))
                .hasSize(3);
    }

    @Test
    void showsTheSecondFileForOneIdToo() {
        Plugins two = () -> List.of(
                info("compressor", "zstd", "ACTIVE", List.of("a")),
                new PluginInfo("compressor", "zstd", "b", "1", "REFUSED", List.of("a"), Optional.of("no codec")));

        assertThat(new PluginsCheck(two).check(server("a", "zstd")))
                .containsExactly(
                        new CheckResult("compression settings", Outcome.OK, "zstd", ""),
                        refused("plugin settings", "no codec"));
    }

    @Test
    void troublesNobodyWithANotifierThatWasMadeForAnotherVersion() {
        Plugins unfit = () -> List.of(new PluginInfo(
                "notifier", "-", "org.example.plugin", "1.2.3", "REFUSED", List.of(), Optional.of("too new")));

        assertThat(new PluginsCheck(unfit).check(server("a", "none")))
                .containsExactly(new CheckResult("compression settings", Outcome.OK, "none", ""));
    }

    @Test
    void forgetsWhatLeft() {
        ServiceReference<ObjectStore> store = reference(ObjectStore.PROPERTY_ID, "default", Bundle.ACTIVE);
        ServiceReference<BackupTransport> transport =
                reference(BackupTransport.PROPERTY_ID, "streaming", Bundle.ACTIVE);
        ServiceReference<Compressor> compressor = reference(Compressor.PROPERTY_ID, "zstd", Bundle.ACTIVE);
        ServiceReference<HookRunner> runner = reference(HookRunner.PROPERTY_ID, "script", Bundle.ACTIVE);
        plugins.addStore(store, PLAIN_STORE);
        plugins.addTransport(transport);
        plugins.addCompressor(compressor, PLAIN_COMPRESSOR);
        plugins.addHookRunner(runner);
        ServiceReference<Notifier> notifier = reference(Notifier.PROPERTY_ID, "mail", Bundle.ACTIVE);
        plugins.addNotifier(notifier, PLAIN_NOTIFIER);

        plugins.removeNotifier(notifier);
        plugins.removeStore(store);
        plugins.removeTransport(transport);
        plugins.removeCompressor(compressor);
        plugins.removeHookRunner(runner);

        assertThat(plugins.plugins()).isEmpty();
    }

    @Test
    void passesOverAServiceThatIsGoneAlready() {
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "default", null), PLAIN_STORE);

        assertThat(plugins.plugins()).isEmpty();
    }

    @Test
    void showsOtherStatesOfABundle() {
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "a", Bundle.INSTALLED), PLAIN_STORE);
        plugins.addStore(reference(ObjectStore.PROPERTY_ID, "b", Bundle.UNINSTALLED), PLAIN_STORE);

        assertThat(plugins.plugins()).extracting(PluginInfo::state).containsExactly("INSTALLED", "UNINSTALLED");
    }

    private static CheckResult refused(String name, String problem) {
        return new CheckResult(
                name, Outcome.FAILED, problem, "correct the file; it is read again as soon as it is saved.");
    }

    private static PluginInfo never(String id, List<String> usedBy, String reason) {
        return new PluginInfo(
                "compressor",
                id,
                "org.example.plugin",
                "1.2.3",
                "REFUSED",
                usedBy,
                Optional.of("'etc/org.example-x.cfg' is refused, and nothing of it is in force: " + reason));
    }

    private static ComponentDescriptionDTO component(Class<?> service) {
        var component = new ComponentDescriptionDTO();
        component.bundle = new BundleDTO();
        component.bundle.symbolicName = "org.example.plugin";
        component.bundle.version = "1.2.3";
        component.serviceInterfaces = new String[] {service.getName()};
        return component;
    }

    private static ComponentConfigurationDTO configuration(int state, String id, String failure) {
        var configuration = new ComponentConfigurationDTO();
        configuration.state = state;
        configuration.properties =
                Map.of(Compressor.PROPERTY_ID, id, "felix.fileinstall.filename", "file:/opt/etc/org.example-x.cfg");
        configuration.failure = failure;
        return configuration;
    }

    /** A plugin that a file configures. */
    private static <T> T configured(Class<T> type, String id, Optional<String> refused) {
        return type.cast(Proxy.newProxyInstance(
                InstalledPluginsTest.class.getClassLoader(),
                new Class<?>[] {type, Reconfigurable.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "id" -> id;
                    case "isInForce" -> !id.isEmpty();
                    default -> refused;
                }));
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
