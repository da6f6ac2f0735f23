package org.matriarch.jmx.internal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.matriarch.jmx.internal.open.OpenBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The MBeans that are registered, and only by this bundle. Thread-safe. */
final class Registry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    private final MBeanServer server;
    private final Map<ObjectName, OpenBean> beans = new ConcurrentHashMap<>();

    Registry(MBeanServer server) {
        this.server = server;
    }

    void add(ObjectName name, OpenBean bean) {
        try {
            if (server.isRegistered(name) && !beans.containsKey(name)) {
                server.unregisterMBean(name); // left by a bundle that was not stopped in order
            }
            server.registerMBean(bean, name);
            beans.put(name, bean);
        } catch (InstanceAlreadyExistsException e) {
            LOG.debug("'{}' is there already", name, e);
        } catch (JMException e) {
            LOG.error("MATR-9001: unable to register '{}'", name, e);
        }
    }

    void remove(ObjectName name) {
        if (beans.remove(name) == null) {
            return;
        }
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.debug("'{}' is gone already", name, e);
        } catch (JMException e) {
            LOG.warn("unable to unregister '{}'", name, e);
        }
    }

    Optional<OpenBean> find(ObjectName name) {
        return Optional.ofNullable(beans.get(name));
    }

    @Override
    public void close() {
        Set.copyOf(beans.keySet()).forEach(this::remove);
    }
}
