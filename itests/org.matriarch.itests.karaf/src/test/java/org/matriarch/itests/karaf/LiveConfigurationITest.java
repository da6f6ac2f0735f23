package org.matriarch.itests.karaf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.matriarch.itests.karaf.Eventually.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** Writes, breaks, corrects and deletes configuration files of a running container. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LiveConfigurationITest {

    /** The product promises 3 s on a machine with time to spare; the build may have none. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final String FILE = "org.matriarch.server-live.cfg";
    private static final String GLOBAL_FILE = "org.matriarch.cfg";

    @Inject
    private BundleContext context;

    @Inject
    @SuppressWarnings("UnusedVariable") // this service appears when the boot is over: injection waits for it
    private BootFinished bootFinished;

    private InContainer product;
    private String globalBefore;

    /** Returns how Pax Exam starts the container. */
    @Configuration
    public Option[] config() {
        return DistributionOptions.distribution();
    }

    @Before
    public void awaitServers() throws IOException {
        product = new InContainer(context);
        eventually("the servers", InContainer.RECOVERY, () -> product.service(Servers.class), servers -> true);
        globalBefore = Files.readString(etc(GLOBAL_FILE));
    }

    @After
    public void removeFiles() throws IOException {
        Files.writeString(etc(GLOBAL_FILE), globalBefore);
        Files.deleteIfExists(etc(FILE));
        awaitServer("a clean end", Optional::isEmpty);
        awaitProblems("a clean end", Map::isEmpty);
    }

    @Test
    public void followsAServerFile() throws IOException {
        write(FILE, "description = first");
        awaitServer("created", server -> description(server).equals("first"));

        write(FILE, "description = second", "bandwidth_limit = 64");
        ServerConfiguration changed = awaitServer(
                        "changed", server -> description(server).equals("second"))
                .orElseThrow();
        assertEquals(64, changed.backup().bandwidthLimitKib());

        Files.delete(etc(FILE));
        awaitServer("deleted", Optional::isEmpty);
    }

    @Test
    public void keepsTheLastGoodServerWhileItsFileIsBroken() throws IOException {
        write(FILE, "description = good");
        awaitServer("created", server -> description(server).equals("good"));

        write(FILE, "description = broken", "bandwith_limit = 64", "parallel_jobs = 65");
        List<ConfigurationProblem> problems =
                awaitProblems("broken", all -> all.containsKey("live")).get("live");

        assertEquals("good", description(product.service(Servers.class).findServer("live")));
        Map<String, ConfigurationProblem> byKey =
                problems.stream().collect(Collectors.toMap(ConfigurationProblem::key, problem -> problem));
        assertEquals(2, byKey.size());
        assertEquals(FILE, byKey.get("bandwith_limit").file());
        assertTrue(problems.toString(), byKey.get("bandwith_limit").reason().contains("'bandwidth_limit'"));
        assertEquals("65", byKey.get("parallel_jobs").value());
        assertTrue(problems.toString(), byKey.get("parallel_jobs").reason().contains("from 1 to 64"));
        assertCheckTells("bandwith_limit");

        write(FILE, "description = corrected");
        awaitServer("corrected", server -> description(server).equals("corrected"));
        awaitProblems("corrected", Map::isEmpty);
    }

    @Test
    public void refusesAFileThatWasNeverGood() throws IOException {
        write(FILE, "active = perhaps");
        List<ConfigurationProblem> problems =
                awaitProblems("broken", all -> all.containsKey("live")).get("live");

        assertEquals(
                List.of("active"),
                problems.stream().map(ConfigurationProblem::key).toList());
        assertEquals("perhaps", problems.get(0).value());
        assertEquals(Optional.empty(), product.service(Servers.class).findServer("live"));
        assertCheckTells("active");
    }

    @Test
    public void refusesAVariableThatIsNotSet() throws IOException {
        write(FILE, "description = $[env:PATH]", "slot_name = $[env:NOT_SET_HERE;default=slot]");
        awaitServer("created", server -> description(server).equals(System.getenv("PATH")));

        write(FILE, "description = a $[env:NOT_SET_HERE]");
        List<ConfigurationProblem> problems =
                awaitProblems("broken", all -> all.containsKey("live")).get("live");

        assertEquals("description", problems.get(0).key());
        assertEquals("a $[env:NOT_SET_HERE]", problems.get(0).value());
        assertTrue(problems.toString(), problems.get(0).reason().contains("'$[env:NOT_SET_HERE]'"));
        assertEquals(
                Optional.of("slot"),
                product.service(Servers.class).requireServer("live").wal().slotName());
        assertCheckTells("NOT_SET_HERE");
    }

    @Test
    public void keepsTheLastGoodGlobalValuesWhileTheirFileIsBroken() throws IOException {
        write(FILE, "description = follows");
        Files.writeString(etc(GLOBAL_FILE), globalBefore + "\nminimum_redundancy = 3\n");
        awaitServer("global default", server -> redundancy(server) == 3);

        Files.writeString(etc(GLOBAL_FILE), globalBefore + "\nminimum_redundancy = many\n");
        List<ConfigurationProblem> problems =
                awaitProblems("broken global file", all -> all.containsKey("")).get("");

        assertEquals("minimum_redundancy", problems.get(0).key());
        assertEquals("many", problems.get(0).value());
        assertEquals(3, redundancy(product.service(Servers.class).findServer("live")));
    }

    private void assertCheckTells(String key) {
        List<CheckResult> results = product.service(ServerChecks.class).check("live");
        assertTrue(
                results.toString(),
                results.stream()
                        .anyMatch(result -> result.outcome() == CheckResult.Outcome.FAILED
                                && result.detail().contains(key)));
    }

    private Optional<ServerConfiguration> awaitServer(String what, Predicate<Optional<ServerConfiguration>> wanted) {
        return timed(
                what,
                () -> eventually(
                        what, PATIENCE, () -> product.service(Servers.class).findServer("live"), wanted));
    }

    private Map<String, List<ConfigurationProblem>> awaitProblems(
            String what, Predicate<Map<String, List<ConfigurationProblem>>> wanted) {
        return timed(
                what,
                () -> eventually(
                        what, PATIENCE, () -> product.service(Servers.class).problems(), wanted));
    }

    /** Says how long it took: on the console of the build, for whoever wants to know. */
    @SuppressWarnings("SystemOut") // stands in the report of the test
    private static <T> T timed(String what, java.util.function.Supplier<T> work) {
        long begin = System.nanoTime();
        T result = work.get();
        System.out.printf("in force after %d ms: %s%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin), what);
        return result;
    }

    private static String description(Optional<ServerConfiguration> server) {
        return server.map(ServerConfiguration::description).orElse("");
    }

    private static int redundancy(Optional<ServerConfiguration> server) {
        return server.map(found -> found.repository().minimumRedundancy()).orElse(-1);
    }

    /** Writes a server's file with a server that answers nobody. */
    private static void write(String name, String... lines) throws IOException {
        Files.writeString(
                etc(name), "conninfo = host=127.0.0.1 port=1 user=nobody\n" + String.join("\n", lines) + "\n");
    }

    private static Path etc(String name) {
        return InContainer.etc().resolve(name);
    }
}
