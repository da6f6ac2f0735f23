package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The file store that servers get who name none. */
final class DefaultStoreTest {

    private String store = "default";
    private Path home = Path.of("/var/lib/matriarch/main");
    private Dictionary<String, Object> properties;
    private int updates;
    private String pid;
    private boolean broken;

    private final DefaultStore defaultStore = new DefaultStore(servers(), admin());

    @Test
    void liesUnderMatriarchHomeAndFollowsIt() {
        defaultStore.serverChanged("main");
        defaultStore.serverChanged("main");
        assertThat(pid).isEqualTo("org.matriarch.storage.file~default");
        assertThat(properties.get("matriarch.store.id")).isEqualTo("default");
        assertThat(properties.get("directory")).isEqualTo("/var/lib/matriarch");
        assertThat(updates).isEqualTo(1);

        home = Path.of("/srv/matriarch/main");
        defaultStore.serverChanged("main");

        assertThat(properties.get("directory")).isEqualTo("/srv/matriarch");
    }

    @Test
    void isNotMadeForServersThatDoNotNeedIt() {
        defaultStore.serverChanged("gone");
        store = "vault";
        defaultStore.serverChanged("main");
        store = "default";
        home = Path.of("main");
        defaultStore.serverChanged("main");

        assertThat(updates).isZero();
    }

    @Test
    void leavesAnOperatorsOwnFileAlone() {
        defaultStore.serverChanged("main");
        properties.put("felix.fileinstall.filename", "file:etc/org.matriarch.storage.file-default.cfg");
        home = Path.of("/srv/matriarch/main");

        defaultStore.serverChanged("main");

        assertThat(updates).isEqualTo(1);
    }

    @Test
    void survivesAConfigurationThatCannotBeStored() {
        broken = true;

        defaultStore.serverChanged("main");

        assertThat(updates).isZero();
    }

    private Servers servers() {
        return new Servers() {
            @Override
            public List<ServerConfiguration> servers() {
                return List.of(Samples.server(home, store, "none"));
            }

            @Override
            public Optional<ServerConfiguration> findServer(String name) {
                return servers().stream()
                        .filter(server -> server.name().equals(name))
                        .findFirst();
            }

            @Override
            public ServerConfiguration requireServer(String name) {
                return findServer(name).orElseThrow();
            }

            @Override
            public Map<String, List<ConfigurationProblem>> problems() {
                return Map.of();
            }

            @Override
            public Map<String, String> describe(String name) {
                return Map.of();
            }
        };
    }

    /** Returns as much of a configuration admin as is called. */
    private ConfigurationAdmin admin() {
        return stand(ConfigurationAdmin.class, (proxy, method, arguments) -> {
            if (broken) {
                throw new IOException("disk full");
            }
            assertThat(method.getName()).isEqualTo("getFactoryConfiguration");
            pid = arguments[0] + "~" + arguments[1];
            return configuration();
        });
    }

    @SuppressWarnings("unchecked") // what update takes
    private Configuration configuration() {
        return stand(Configuration.class, (proxy, method, arguments) -> {
            if (method.getName().equals("update")) {
                updates++;
                properties = (Dictionary<String, Object>) arguments[0];
                return null;
            }
            return properties;
        });
    }

    private static <T> T stand(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
