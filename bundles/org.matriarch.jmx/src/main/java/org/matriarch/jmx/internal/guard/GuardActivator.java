package org.matriarch.jmx.internal.guard;

import java.lang.management.ManagementFactory;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Guards the connectors from the moment that this bundle is started, which is before Karaf starts its own. */
public final class GuardActivator implements BundleActivator {

    private final ConnectorGuards guards = new ConnectorGuards(ManagementFactory.getPlatformMBeanServer());

    @Override
    public void start(BundleContext context) {
        guards.open();
    }

    @Override
    public void stop(BundleContext context) {
        guards.close();
    }
}
