package org.matriarch.itests.karaf;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.matriarch.itests.karaf.Eventually.eventually;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.apache.karaf.features.FeaturesService;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.OptionUtils;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/** Archives the WAL of a real server through every compressor, and takes compressors away meanwhile. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CompressionITest {

    private static final String SERVER = "packed";
    private static final String SERVER_FILE = "org.matriarch.server-packed.cfg";
    private static final String ZSTD_FEATURE = "matriarch-compression-zstd";
    private static final String ZSTD_LIBRARY = "com.github.luben.zstd-jni";
    private static final String EXAMPLE = "matriarch.example";
    private static final int SEGMENT_BYTES = 1 << 20;

    /** A command that has no checksum in its format is called this. */
    private static final String COMMAND = "base64";

    @Inject
    private BundleContext context;

    @Inject
    @SuppressWarnings("UnusedVariable") // this service appears when the boot is over: injection waits for it
    private BootFinished bootFinished;

    @Inject
    private FeaturesService features;

    private InContainer product;
    private Connection sql;

    /** Returns how Pax Exam starts the container, and starts the server that it is to take care of. */
    @Configuration
    public Option[] config() throws IOException, InterruptedException {
        String command = "etc/org.matriarch.compression.command-base64.cfg";
        return DistributionOptions.distribution(OptionUtils.combine(
                TestServer.underCare(SERVER, "slot_name", "packed", "create_slot", "auto", "compression", "zstd"),
                systemProperty(EXAMPLE).value(exampleBuiltElsewhere().toString()),
                editConfigurationFilePut(command, "matriarch.compressor.id", COMMAND),
                editConfigurationFilePut(command, "compress", "base64"),
                editConfigurationFilePut(command, "decompress", "base64 -d"),
                editConfigurationFilePut(command, "magic", "467445"))); // the first bytes of any WAL of PostgreSQL 17
    }

    private static Path exampleBuiltElsewhere() throws IOException, InterruptedException {
        Path jar = Path.of("target", "example-built-elsewhere.jar").toAbsolutePath();
        return OwnBuild.of(Path.of(System.getProperty(EXAMPLE)), jar);
    }

    @Before
    public void awaitProduct() throws Exception {
        product = new InContainer(context);
        product.awaitWhole(SERVER);
        sql = product.sql(SERVER);
        configureCompression("zstd");
        awaitState("zstd", "ACTIVE");
    }

    @After
    public void leave() throws SQLException {
        sql.close();
    }

    @Test
    public void waitsForAFeatureThatIsUninstalled() throws Exception {
        for (int i = 0; i < 2; i++) {
            features.uninstallFeature(ZSTD_FEATURE);
            awaitState("zstd", "MISSING");
            WalFileName waiting = InContainer.fillSegment(sql);

            features.installFeature(ZSTD_FEATURE);

            product.awaitArchived(SERVER, waiting);
            assertEquals(Optional.of("zstd"), entry(waiting).compression());
        }
    }

    /** Java loads a native library for one class loader only: the new one has to find a copy that is its own. */
    @Test
    public void goesOnWithANewCopyOfTheNativeLibrary() throws Exception {
        for (int i = 0; i < 3; i++) {
            Bundle library = bundle(ZSTD_LIBRARY);
            library.update();
            refresh(library);
            awaitState("zstd", "ACTIVE");

            WalFileName next = InContainer.fillSegment(sql);
            product.awaitArchived(SERVER, next);
            assertEquals(SEGMENT_BYTES, read(next).length);
        }
    }

    @Test
    public void readsAnArchiveOfEveryCompression() throws Exception {
        Map<WalFileName, String> mixed = archiveMixed();

        for (Map.Entry<WalFileName, String> each : mixed.entrySet()) {
            String stored = each.getValue().equals("none")
                    ? "none"
                    : entry(each.getKey()).compression().orElse("none");
            assertEquals(each.getValue(), stored);
            assertArrayEquals(each.getValue(), original(each.getKey()), read(each.getKey()));
        }
        product.assertNothingLost(SERVER, List.copyOf(mixed.keySet()));
    }

    @Test
    public void refusesToReadADamagedFileOfAnyCompression() throws Exception {
        for (Map.Entry<WalFileName, String> each : archiveMixed().entrySet()) {
            WalFileName name = each.getKey();
            Path file = product.service(Repositories.class)
                    .repository(product.service(Servers.class).requireServer(SERVER))
                    .wal()
                    .localFile(name)
                    .orElseThrow();
            byte[] sound = Files.readAllBytes(file);
            int harmless = 0;

            for (int position : List.of(100, sound.length / 2, sound.length - 1)) {
                byte[] damaged = sound.clone();
                damaged[position] ^= 0x04;
                overwrite(file, damaged);
                String what = "%s, byte %d".formatted(each.getValue(), position);
                try {
                    // Some bits of some formats mean nothing, such as those that fill up the last byte.
                    assertArrayEquals(what, original(name), read(name));
                    harmless++;
                } catch (MatriarchException refusal) {
                    assertTrue(refusal.getMessage(), refusal.getMessage().contains("'%s'".formatted(name)));
                }
            }
            assertTrue(each.getValue(), harmless < 2);
            overwrite(file, sound);
            assertArrayEquals(each.getValue(), original(name), read(name));
        }
    }

    @Test
    public void takesACompressorOfAThirdPartyFromTheDeployDirectory() throws Exception {
        Path example = Path.of(System.getProperty(EXAMPLE));
        Path deployed = Path.of(System.getProperty("karaf.base"), "deploy", "compressor.jar");
        Files.createDirectories(deployed.getParent());
        deploy(example, deployed);
        awaitState("xz", "ACTIVE");
        configureCompression("xz");

        WalFileName first = InContainer.fillSegment(sql);
        product.awaitArchived(SERVER, first);
        Files.delete(deployed);
        awaitState("xz", "MISSING");
        WalFileName waiting = InContainer.fillSegment(sql);
        deploy(example, deployed);

        product.awaitArchived(SERVER, waiting);
        for (WalFileName name : List.of(first, waiting)) {
            assertEquals(Optional.of("xz"), entry(name).compression());
            assertArrayEquals(original(name), read(name));
        }
        configureCompression("zstd");
        Files.delete(deployed);
    }

    /** Archives a segment with each compression, and returns which. */
    private Map<WalFileName, String> archiveMixed() throws Exception {
        var mixed = new LinkedHashMap<WalFileName, String>();
        for (String compression : List.of("gzip", "bzip2", "zstd", "lz4", COMMAND, "none")) {
            configureCompression(compression);
            mixed.put(archivedAs(compression), compression);
        }
        return mixed;
    }

    /** What the archiver has in hand when the file changes may still be stored as before. */
    private WalFileName archivedAs(String compression) throws Exception {
        for (int segments = 0; segments < 5; segments++) {
            WalFileName name = InContainer.fillSegment(sql);
            product.awaitArchived(SERVER, name);
            if (entry(name).compression().orElse("none").equals(compression)) {
                return name;
            }
        }
        throw new AssertionError("nothing is archived as " + compression);
    }

    private void configureCompression(String compression) throws IOException {
        Path file = InContainer.etc().resolve(SERVER_FILE);
        String changed = Files.readString(file).replaceAll("(?m)^compression\\s*=.*$", "compression = " + compression);
        Files.writeString(file, changed);
        eventually(
                "compression " + compression,
                InContainer.RECOVERY,
                () -> product.service(Servers.class).requireServer(SERVER),
                server -> server.repository().compression().equals(compression));
    }

    private void awaitState(String compressor, String state) {
        product.awaitPlugin("compressor", compressor, state);
    }

    private WalEntry entry(WalFileName name) {
        return product.listing(SERVER).entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private byte[] read(WalFileName name) throws IOException {
        try (InputStream in = product.service(WalFiles.class).open(SERVER, name, false)) {
            return in.readAllBytes();
        }
    }

    /** Returns the segment as the server still has it. */
    private byte[] original(WalFileName name) throws SQLException {
        try (PreparedStatement statement = sql.prepareStatement("SELECT pg_read_binary_file('pg_wal/' || ?)")) {
            statement.setString(1, name.value());
            try (ResultSet rows = statement.executeQuery()) {
                assertTrue(rows.next());
                return rows.getBytes(1);
            }
        }
    }

    /** Puts a jar there at once: half of one might be picked up. */
    private static void deploy(Path jar, Path deployed) throws IOException {
        Path temporary = Files.copy(
                jar, deployed.resolveSibling("../data/compressor.tmp").normalize());
        Files.move(temporary, deployed, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void overwrite(Path file, byte[] content) throws IOException {
        Path changed = Files.write(file.resolveSibling("changed"), content);
        Files.move(changed, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private Bundle bundle(String symbolicName) {
        return Stream.of(context.getBundles())
                .filter(bundle -> Objects.equals(bundle.getSymbolicName(), symbolicName))
                .findFirst()
                .orElseThrow();
    }

    private void refresh(Bundle bundle) throws InterruptedException {
        var refreshed = new CountDownLatch(1);
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(bundle), event -> {
                    if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                        refreshed.countDown();
                    }
                });
        assertTrue(refreshed.await(InContainer.RECOVERY.toSeconds(), TimeUnit.SECONDS));
    }
}
