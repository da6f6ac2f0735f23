package org.matriarch.jmx.internal;

import java.util.HashSet;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.matriarch.api.error.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log which connectors are not open: Karaf says it on the console alone, which nobody sees. Called by one thread. */
final class ClosedConnectors implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ClosedConnectors.class);
    private static final String CONNECTOR = "javax.management.remote.JMXConnectorServer";

    private final MBeanServer server;
    private final Set<ObjectName> closed = new HashSet<>();

    ClosedConnectors(MBeanServer server) {
        this.server = server;
    }

    @Override
    public void run() {
        for (ObjectName name : server.queryNames(null, null)) {
            try {
                if (server.isInstanceOf(name, CONNECTOR)) {
                    look(name, (boolean) server.getAttribute(name, "Active"));
                }
            } catch (JMException e) {
                LOG.debug("'{}' has gone", name, e);
            }
        }
    }

    private void look(ObjectName name, boolean active) {
        if (active) {
            closed.remove(name);
        } else if (closed.add(name)) {
            LOG.error(
                    "MATR-{}: the JMX connector '{}' is not open, so no JMX client can connect. If another container has its"
                            + " ports, choose others in etc/org.apache.karaf.management.cfg.",
                    ErrorCode.DOOR_CLOSED.number(),
                    name);
        }
    }
}
