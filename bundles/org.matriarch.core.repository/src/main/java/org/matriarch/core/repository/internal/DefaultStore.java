package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Optional;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.server.ServersListener;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that servers without a store of their own find one: a file store in {@code matriarch_home}. */
@Component(service = ServersListener.class)
public final class DefaultStore implements ServersListener {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultStore.class);

    private static final String FACTORY_PID = "org.matriarch.storage.file";
    private static final String DIRECTORY = "directory";
    /** Set on what comes from a file in etc: an operator's own file for the default store is not overruled. */
    private static final String FILE_NAME = "felix.fileinstall.filename";

    private final Servers servers;
    private final ConfigurationAdmin configurations;

    /** Takes the configuration of the servers and the place to put that of the store. */
    @Activate
    public DefaultStore(@Reference Servers servers, @Reference ConfigurationAdmin configurations) {
        this.servers = servers;
        this.configurations = configurations;
    }

    @Override
    public void serverChanged(String name) {
        Optional<Path> home = servers.findServer(name)
                .filter(server -> server.repository().store().equals(ObjectStores.DEFAULT_ID))
                .map(ServerConfiguration::home)
                .flatMap(directory -> Optional.ofNullable(directory.getParent()));
        if (home.isPresent()) {
            configure(home.get());
        }
    }

    private synchronized void configure(Path home) {
        try {
            Configuration configuration =
                    configurations.getFactoryConfiguration(FACTORY_PID, ObjectStores.DEFAULT_ID, "?");
            Dictionary<String, Object> found = configuration.getProperties();
            if (found != null
                    && (found.get(FILE_NAME) != null || home.toString().equals(found.get(DIRECTORY)))) {
                return;
            }
            configuration.update(properties(home));
            LOG.info("default store configured at '{}'", home);
        } catch (IOException e) {
            LOG.error("unable to configure the default store at '{}': {}", home, e.getMessage());
        }
    }

    @SuppressWarnings("JdkObsolete") // the only Dictionary there is
    private static Dictionary<String, Object> properties(Path home) {
        var properties = new Hashtable<String, Object>();
        properties.put("matriarch.store.id", ObjectStores.DEFAULT_ID);
        properties.put(DIRECTORY, home.toString());
        return properties;
    }
}
