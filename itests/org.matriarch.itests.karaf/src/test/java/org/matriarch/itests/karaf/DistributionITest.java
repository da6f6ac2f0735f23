package org.matriarch.itests.karaf;

import static org.junit.Assert.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

/** Proves that the distribution boots by itself, with every bundle at work. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionITest {

    @Inject
    private BundleContext context;

    @Inject
    @SuppressWarnings("UnusedVariable") // this service appears when the boot is over: injection waits for it
    private BootFinished bootFinished;

    @Inject
    private ServiceComponentRuntime components;

    /** Returns how Pax Exam starts the container. */
    @Configuration
    public Option[] config() {
        return DistributionOptions.distribution();
    }

    @Test
    public void startsEveryBundle() {
        List<String> idle = bundles()
                .filter(bundle -> bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                .map(Bundle::getSymbolicName)
                .toList();

        assertEquals(List.of(), idle);
    }

    @Test
    public void bringsEveryBundleOfTheProduct() {
        Set<String> own = bundles()
                .map(Bundle::getSymbolicName)
                .filter(name -> name.startsWith("org.matriarch."))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(
                new TreeSet<>(Set.of(
                        "org.matriarch.api",
                        "org.matriarch.compression.bzip2",
                        "org.matriarch.compression.command",
                        "org.matriarch.compression.gzip",
                        "org.matriarch.compression.lz4",
                        "org.matriarch.compression.zstd",
                        "org.matriarch.core.backup",
                        "org.matriarch.core.catalog",
                        "org.matriarch.core.hook",
                        "org.matriarch.core.job",
                        "org.matriarch.core.monitor",
                        "org.matriarch.core.plugin",
                        "org.matriarch.core.postgres",
                        "org.matriarch.core.recovery",
                        "org.matriarch.core.repository",
                        "org.matriarch.core.retention",
                        "org.matriarch.core.schedule",
                        "org.matriarch.core.server",
                        "org.matriarch.core.wal",
                        "org.matriarch.hook.script",
                        "org.matriarch.http",
                        "org.matriarch.jmx",
                        "org.matriarch.notify.command",
                        "org.matriarch.shell",
                        "org.matriarch.spi",
                        "org.matriarch.storage.file",
                        "org.matriarch.transport.rsync",
                        "org.matriarch.transport.ssh",
                        "org.matriarch.transport.streaming")),
                own);
    }

    @Test
    public void leavesNoComponentWithoutItsServices() {
        List<String> waiting = components.getComponentDescriptionDTOs().stream()
                .filter(component -> component.name.startsWith("org.matriarch."))
                .flatMap(component -> components.getComponentConfigurationDTOs(component).stream())
                .filter(component -> component.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE)
                .map(DistributionITest::whatIsMissing)
                .sorted()
                .toList();

        assertEquals(List.of(), waiting);
    }

    private static String whatIsMissing(ComponentConfigurationDTO component) {
        Set<String> missing = Stream.of(component.unsatisfiedReferences)
                .map(reference -> reference.name)
                .collect(Collectors.toSet());
        return Stream.of(component.description.references)
                .filter(reference -> missing.contains(reference.name))
                .map(reference -> reference.interfaceName)
                .collect(Collectors.joining(", ", component.description.name + " waits for ", ""));
    }

    private Stream<Bundle> bundles() {
        return Stream.of(context.getBundles());
    }
}
