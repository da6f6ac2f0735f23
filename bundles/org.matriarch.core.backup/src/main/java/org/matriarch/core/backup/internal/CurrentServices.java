package org.matriarch.core.backup.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * What backups use of the rest of the product at this moment.
 *
 * <p>When another part restarts, {@link ServiceSupply} does too, and puts here what it is given then. A running backup
 * looks here at each use, so it goes on with the parts that are alive; this component itself depends on nothing that
 * could take it away.
 */
@Component(service = CurrentServices.class, immediate = true)
public final class CurrentServices {

    private volatile @Nullable BackupServices services;

    /** Begins with nothing; the first {@link ServiceSupply} brings it. */
    @Activate
    public CurrentServices() {}

    CurrentServices(BackupServices services) {
        this.services = services;
    }

    void renew(BackupServices latest) {
        services = latest;
    }

    /** Returns the services that were there last; what is gone from among them says so when it is used. */
    BackupServices get() {
        return Objects.requireNonNull(services, "no backup begins before there are services");
    }
}
