package org.matriarch.core.server.internal;

import java.util.Dictionary;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/** Takes {@code etc/org.matriarch.server-<name>.cfg}, each as it comes, changes and goes. */
@Component(
        service = ManagedServiceFactory.class,
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE,
        property = "service.pid=org.matriarch.server")
public final class ServerFiles implements ManagedServiceFactory {

    private final ConfiguredServers servers;

    /** Passes on to the servers. */
    @Activate
    public ServerFiles(@Reference ConfiguredServers servers) {
        this.servers = servers;
    }

    @Override
    public String getName() {
        return "servers of Matriarch";
    }

    @Override
    public void updated(String pid, Dictionary<String, ?> properties) {
        servers.updateServer(pid, properties);
    }

    @Override
    public void deleted(String pid) {
        servers.deleteServer(pid);
    }
}
