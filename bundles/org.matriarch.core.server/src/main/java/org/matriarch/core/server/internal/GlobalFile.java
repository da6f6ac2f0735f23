package org.matriarch.core.server.internal;

import java.util.Dictionary;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/** Takes {@code etc/org.matriarch.cfg}; called with nothing where there is no such file. */
@Component(
        service = ManagedService.class,
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE,
        property = "service.pid=org.matriarch")
public final class GlobalFile implements ManagedService {

    private final ConfiguredServers servers;

    /** Passes on to the servers. */
    @Activate
    public GlobalFile(@Reference ConfiguredServers servers) {
        this.servers = servers;
    }

    @Override
    public void updated(@Nullable Dictionary<String, ?> properties) {
        servers.updateGlobal(properties);
    }
}
