package org.matriarch.jmx.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.Query;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of a real connector may do to the MBean server behind it. */
final class ConnectorGuardTest {

    private static final String LOADER = "javax.management.loading.MLet";

    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final ConnectorGuards guards = new ConnectorGuards(server);
    private JMXConnectorServer connector;

    /** As Karaf does: registered, then started. */
    @BeforeEach
    void startConnector() throws Exception {
        guards.open();
        JMXAuthenticator roles = credentials ->
                new Subject(true, Set.of(new RolePrincipal(((String[]) credentials)[0])), Set.of(), Set.of());
        connector = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi://127.0.0.1"),
                Map.of(JMXConnectorServer.AUTHENTICATOR, roles),
                null);
        server.registerMBean(connector, new ObjectName("connector:name=rmi"));
        connector.start();
    }

    @AfterEach
    void stopConnector() throws Exception {
        connector.stop();
        guards.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"viewer", "admin"})
    void letsNobodyBringCodeIn(String role) throws Exception {
        try (JMXConnector client = connect(role)) {
            MBeanServerConnection connection = client.getMBeanServerConnection();
            var name = new ObjectName("org.matriarch:type=Server,name=evil");

            assertThatThrownBy(() -> connection.createMBean(LOADER, name)).isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> connection.createMBean(LOADER, name, MBeanServerDelegate.DELEGATE_NAME))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> connection.unregisterMBean(new ObjectName("connector:name=rmi")))
                    .isInstanceOf(SecurityException.class)
                    .hasMessage("unregisterMBean is open to nobody from outside");
            assertThat(server.isRegistered(name)).isFalse();
        }
    }

    @Test
    void letsClientsLook() throws Exception {
        try (JMXConnector client = connect("viewer")) {
            MBeanServerConnection connection = client.getMBeanServerConnection();

            assertThat(connection.queryNames(null, null)).contains(MBeanServerDelegate.DELEGATE_NAME);
            assertThat(connection.getAttribute(MBeanServerDelegate.DELEGATE_NAME, "SpecificationName"))
                    .isEqualTo("Java Management Extensions");
            assertThat(connection.getMBeanInfo(MBeanServerDelegate.DELEGATE_NAME))
                    .isNotNull();
            assertThatCode(() -> connection.addNotificationListener(
                            MBeanServerDelegate.DELEGATE_NAME, (notification, handback) -> {}, null, null))
                    .doesNotThrowAnyException();
        }
    }

    /** Such a question compares attributes without asking who may read them. */
    @Test
    void letsAdministratorsAloneAskByExpression() throws Exception {
        var expression = Query.eq(Query.attr("SpecificationVendor"), Query.value("Oracle Corporation"));
        try (JMXConnector viewer = connect("viewer");
                JMXConnector admin = connect("admin")) {
            assertThatThrownBy(() -> viewer.getMBeanServerConnection().queryNames(null, expression))
                    .isInstanceOf(SecurityException.class);
            assertThatCode(() -> admin.getMBeanServerConnection().queryNames(null, expression))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    @SuppressWarnings("BanJNDI") // to ourselves
    void guardsConnectorsThatWereThereBefore() throws Exception {
        MBeanServer other = MBeanServerFactory.newMBeanServer();
        JMXConnectorServer early = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi://127.0.0.1"), Map.of(), null);
        other.registerMBean(early, new ObjectName("connector:name=rmi"));
        early.start();
        var late = new ConnectorGuards(other);
        late.open();
        try (JMXConnector client = JMXConnectorFactory.connect(early.getAddress())) {
            assertThatThrownBy(() -> client.getMBeanServerConnection().createMBean(LOADER, new ObjectName("a:type=b")))
                    .isInstanceOf(SecurityException.class);
        } finally {
            late.close();
            early.stop();
        }
    }

    @SuppressWarnings("BanJNDI") // to ourselves
    private JMXConnector connect(String role) throws Exception {
        return JMXConnectorFactory.connect(
                connector.getAddress(), Map.of(JMXConnector.CREDENTIALS, new String[] {role, ""}));
    }
}
