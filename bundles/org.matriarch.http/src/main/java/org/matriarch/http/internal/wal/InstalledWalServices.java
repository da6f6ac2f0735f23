package org.matriarch.http.internal.wal;

import static org.matriarch.api.plugin.Installed.require;

import org.jspecify.annotations.Nullable;
import org.matriarch.api.repository.Compression;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalIntake;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The services that are installed right now. Each may come and go while the door stays open. */
@Component(service = InstalledWalServices.class)
public final class InstalledWalServices implements WalServices {

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Servers servers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalFiles files;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalIntake intake;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Compression compression;

    /** Begins with no service. */
    @Activate
    public InstalledWalServices() {
        // DS sets the fields as services come and go.
    }

    @Override
    public Servers servers() {
        return require(servers, "org.matriarch.core.server");
    }

    @Override
    public WalFiles files() {
        return require(files, "org.matriarch.core.wal");
    }

    @Override
    public WalIntake intake() {
        return require(intake, "org.matriarch.core.wal");
    }

    @Override
    public Compression compression() {
        return require(compression, "org.matriarch.core.repository");
    }
}
