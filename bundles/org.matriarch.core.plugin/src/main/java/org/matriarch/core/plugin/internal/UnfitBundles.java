package org.matriarch.core.plugin.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.spi.compression.Compressor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds bundles that were made for another version of our interfaces. OSGi does not resolve them, as it should, but what it says of
 * that is for those who know OSGi.
 */
@Component(service = UnfitBundles.class)
public final class UnfitBundles implements BundleListener {

    private static final Logger LOG = LoggerFactory.getLogger(UnfitBundles.class);

    /** A clause of Import-Package or Export-Package; commas and semicolons within quotes are part of a value. */
    private static final Pattern CLAUSE = Pattern.compile("((?:[^,\"]|\"[^\"]*\")+)");

    private static final Pattern SPI = Pattern.compile("\\s*(org\\.matriarch\\.spi\\.(\\w+))\\s*(?:;.*)?");
    private static final Pattern VERSION = Pattern.compile("(?:.*;)?\\s*version\\s*=\\s*\"?([^\";]+)\"?.*");

    private static final Map<String, String> KINDS = Map.of(
            "compression",
            "compressor",
            "storage",
            "store",
            "transport",
            "transport",
            "hook",
            "hook runner",
            "notify",
            "notifier");

    private final BundleContext context;
    private final Map<String, Version> offered;

    /** Says at once of each bundle that comes if it does not fit. */
    @Activate
    public UnfitBundles(BundleContext context) {
        this(context, FrameworkUtil.getBundle(Compressor.class));
        context.addBundleListener(this);
        Arrays.stream(context.getBundles()).forEach(this::say);
    }

    /**
     * Compares with what a bundle exports.
     *
     * @param spi the bundle of our interfaces
     */
    UnfitBundles(BundleContext context, Bundle spi) {
        this.context = context;
        this.offered = new HashMap<>();
        packages(spi, Constants.EXPORT_PACKAGE)
                .forEach(each -> offered.put(
                        each.name(), each.version().map(Version::parseVersion).orElse(Version.emptyVersion)));
    }

    /** A package of our interfaces that a bundle names, and what it says of its version. */
    private record SpiPackage(String name, String kind, Optional<String> version) {}

    @Deactivate
    void stop() {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.INSTALLED || event.getType() == BundleEvent.UPDATED) {
            say(event.getBundle());
        }
    }

    private void say(Bundle bundle) {
        look(bundle).flatMap(PluginInfo::problem).ifPresent(problem -> LOG.warn("plugin refused: {}", problem));
    }

    /** Returns the bundles that are installed and cannot be used. */
    List<PluginInfo> list() {
        return Arrays.stream(context.getBundles())
                .flatMap(bundle -> look(bundle).stream())
                .toList();
    }

    private Optional<PluginInfo> look(Bundle bundle) {
        return packages(bundle, Constants.IMPORT_PACKAGE)
                .filter(each -> offered.containsKey(each.name()))
                .filter(each -> !range(each).includes(Objects.requireNonNull(offered.get(each.name()))))
                .findFirst()
                .map(each -> refused(bundle, each));
    }

    private PluginInfo refused(Bundle bundle, SpiPackage needed) {
        String name = Objects.toString(bundle.getSymbolicName(), bundle.getLocation());
        String problem = "bundle '%s' %s needs %s in version %s, this is %s; get it for this version, or make it anew"
                .formatted(
                        name,
                        bundle.getVersion(),
                        needed.name(),
                        needed.version().orElse("any"),
                        offered.get(needed.name()));
        return new PluginInfo(
                needed.kind(),
                "-",
                name,
                bundle.getVersion().toString(),
                InstalledPlugins.REFUSED,
                List.of(),
                Optional.of(problem));
    }

    private static VersionRange range(SpiPackage needed) {
        try {
            return VersionRange.valueOf(needed.version().orElse("0"));
        } catch (IllegalArgumentException e) {
            LOG.debug("'{}' is no range of versions", needed, e);
            return VersionRange.valueOf("0"); // OSGi did not install such a bundle
        }
    }

    private static Stream<SpiPackage> packages(Bundle bundle, String header) {
        String text = Objects.toString(bundle.getHeaders("").get(header), "");
        return CLAUSE.matcher(text).results().map(clause -> clause.group(1)).flatMap(clause -> {
            Matcher spi = SPI.matcher(clause);
            if (!spi.matches()) {
                return Stream.empty();
            }
            Matcher version = VERSION.matcher(clause);
            return Stream.of(new SpiPackage(
                    spi.group(1),
                    KINDS.getOrDefault(spi.group(2), spi.group(2)),
                    version.matches() ? Optional.of(version.group(1).strip()) : Optional.empty()));
        });
    }
}
