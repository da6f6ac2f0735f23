package org.matriarch.jmx.internal.guard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.remote.MBeanServerForwarder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link ConnectorGuard} before every connector by which JMX clients come in.
 *
 * <p>Karaf 4.4.10 lets whoever can log in make MBeans of any class, from anywhere, whatever their role (CVE-2026-92142).
 * Karaf registers its connector as an MBean before it starts it, and who listens is told within the registration: so from
 * the first connection on the guard is there. It stays when this bundle is stopped.
 */
final class ConnectorGuards implements NotificationListener {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectorGuards.class);
    private static final String CONNECTOR = "javax.management.remote.JMXConnectorServer";

    private final MBeanServer server;
    private final Map<ObjectName, MBeanServerForwarder> guarded = new ConcurrentHashMap<>();

    ConnectorGuards(MBeanServer server) {
        this.server = server;
    }

    /** Guards the connectors that are there, and those that will come. */
    void open() {
        try {
            server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, this, null, null);
        } catch (InstanceNotFoundException e) {
            throw new IllegalStateException("an MBean server without its delegate", e);
        }
        server.queryNames(null, null).forEach(this::guard);
    }

    /** Leaves alone those that will come. */
    void close() {
        try {
            server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, this);
        } catch (JMException e) {
            LOG.debug("nobody listens any more", e);
        }
    }

    @Override
    public void handleNotification(Notification notification, @Nullable Object handback) {
        if (notification instanceof MBeanServerNotification change) {
            if (change.getType().equals(MBeanServerNotification.REGISTRATION_NOTIFICATION)) {
                guard(change.getMBeanName());
            } else {
                guarded.remove(change.getMBeanName());
            }
        }
    }

    private void guard(ObjectName name) {
        try {
            MBeanServerForwarder guard = ConnectorGuard.create();
            if (server.isInstanceOf(name, CONNECTOR) && guarded.putIfAbsent(name, guard) == null) {
                // For JMX a method that begins with "set" is an attribute.
                server.setAttribute(name, new Attribute("MBeanServerForwarder", guard));
                LOG.info("the JMX connector '{}' is guarded", name);
            }
        } catch (InstanceNotFoundException e) {
            LOG.debug("'{}' has gone", name, e);
        } catch (JMException | RuntimeException e) {
            LOG.error("MATR-9001: unable to guard the JMX connector '{}', which is closed for that", name, e);
            stop(name);
        }
    }

    private void stop(ObjectName name) {
        try {
            server.invoke(name, "stop", null, null);
        } catch (JMException | RuntimeException e) {
            LOG.error(
                    "MATR-9001: unable to close the JMX connector '{}'; users of any role can take over by it",
                    name,
                    e);
        }
    }
}
