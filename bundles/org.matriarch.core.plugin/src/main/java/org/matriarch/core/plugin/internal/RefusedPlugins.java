package org.matriarch.core.plugin.internal;

import static org.osgi.service.component.runtime.dto.ComponentConfigurationDTO.FAILED_ACTIVATION;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.configuration.LastGood;
import org.matriarch.spi.hook.HookRunner;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.transport.BackupTransport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Finds plugins that never came up, since the first configuration that they were given cannot work. */
@Component(service = RefusedPlugins.class)
public final class RefusedPlugins {

    private static final Map<String, String> KINDS = Map.of(
            ObjectStore.class.getName(), InstalledPlugins.STORE,
            BackupTransport.class.getName(), InstalledPlugins.TRANSPORT,
            Compressor.class.getName(), InstalledPlugins.COMPRESSOR,
            HookRunner.class.getName(), InstalledPlugins.HOOK_RUNNER,
            Notifier.class.getName(), InstalledPlugins.NOTIFIER);

    /** A stack trace, whose first line that has one says it best. */
    private static final Pattern SUMMARY = Pattern.compile("MATR-\\d+: ([^\\r\\n]*)");

    private final ServiceComponentRuntime runtime;

    /** Asks the runtime of the components, each time. */
    @Activate
    public RefusedPlugins(@Reference ServiceComponentRuntime runtime) {
        this.runtime = runtime;
    }

    /** Returns the plugins; {@code users} says who refers to one. */
    List<PluginInfo> list(Function<InstalledPlugins.Key, List<String>> users) {
        return runtime.getComponentDescriptionDTOs().stream()
                .flatMap(component -> kind(component).stream()
                        .flatMap(kind -> failed(component).map(each -> info(kind, component, each, users))))
                .toList();
    }

    private static Optional<String> kind(ComponentDescriptionDTO component) {
        return Arrays.stream(component.serviceInterfaces)
                .flatMap(name -> Stream.ofNullable(KINDS.get(name)))
                .findFirst();
    }

    private Stream<ComponentConfigurationDTO> failed(ComponentDescriptionDTO component) {
        return runtime.getComponentConfigurationDTOs(component).stream()
                .filter(configuration -> configuration.state == FAILED_ACTIVATION);
    }

    private static PluginInfo info(
            String kind,
            ComponentDescriptionDTO component,
            ComponentConfigurationDTO failed,
            Function<InstalledPlugins.Key, List<String>> users) {
        String id = InstalledPlugins.id(failed.properties::get, kind);
        return new PluginInfo(
                kind,
                id,
                component.bundle.symbolicName,
                component.bundle.version,
                InstalledPlugins.REFUSED,
                users.apply(new InstalledPlugins.Key(kind, id)),
                Optional.of("'%s' is refused, and nothing of it is in force: %s"
                        .formatted(LastGood.file(failed.properties), reason(failed.failure))));
    }

    private static String reason(String failure) {
        Matcher summary = SUMMARY.matcher(failure);
        return summary.find() ? summary.group(1) : failure.lines().findFirst().orElse("no reason is known");
    }
}
