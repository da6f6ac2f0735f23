package org.matriarch.itests.karaf;

import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.logLevel;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.karaf.options.LogLevelOption.LogLevel;
import org.ops4j.pax.exam.options.extra.VMOption;

/** How Pax Exam starts the distribution that this build has made. */
final class DistributionOptions {

    private static final String SHELL = "etc/org.apache.karaf.shell.cfg";
    private static final String MANAGEMENT = "etc/org.apache.karaf.management.cfg";
    private static final String MAVEN = "etc/org.ops4j.pax.url.mvn.cfg";

    private DistributionOptions() {}

    /** Returns the options that boot the distribution as it is, followed by what a test adds. */
    static Option[] distribution(Option... more) {
        List<Option> options = new ArrayList<>();
        options.add(karafDistributionConfiguration()
                .frameworkUrl("file:" + property("matriarch.dist"))
                .karafVersion(property("karaf.version"))
                .name("matriarch")
                .unpackDirectory(new File("target/exam"))
                .useDeployFolder(false));
        options.add(configureConsole().ignoreLocalConsole());
        options.add(logLevel(LogLevel.INFO));
        options.addAll(freePorts());
        options.addAll(mavenRepository());
        options.add(stagedBoot());
        javaOptions().map(VMOption::new).forEach(options::add);
        options.addAll(List.of(more));
        return options.toArray(Option[]::new);
    }

    /** Two containers may run side by side, and beside a product that is at work on this machine. */
    private static List<Option> freePorts() {
        return List.of(
                editConfigurationFilePut(SHELL, "sshPort", freePort()),
                editConfigurationFilePut(MANAGEMENT, "rmiRegistryPort", freePort()),
                editConfigurationFilePut(MANAGEMENT, "rmiServerPort", freePort()));
    }

    /** The container finds the bundles of Pax Exam where the build has put them, and asks no registry. */
    private static List<Option> mavenRepository() {
        return List.of(
                editConfigurationFilePut(
                        MAVEN, "org.ops4j.pax.url.mvn.localRepository", property("matriarch.localRepository")),
                editConfigurationFilePut(MAVEN, "org.ops4j.pax.url.mvn.repositories", ""));
    }

    /**
     * Pax Exam appends its own feature to those that boot. The product's features get a stage of their own before it;
     * else a test may be installed while the container still resolves the product, and one start in six fails with
     * "Resolver hook prevented resolution".
     */
    private static Option stagedBoot() {
        Path file = Path.of(property("matriarch.dist.etc"), "org.apache.karaf.features.cfg");
        Properties features = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            features.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return editConfigurationFilePut(
                "etc/org.apache.karaf.features.cfg", "featuresBoot", "(" + features.getProperty("featuresBoot") + ")");
    }

    /** What bin/karaf gives to Java; Pax Exam starts Java by itself, so it has to be repeated. */
    private static Stream<String> javaOptions() {
        String endorsed = "lib/endorsed/org.apache.karaf.specs.%s-" + property("karaf.version") + ".jar";
        return Stream.of(
                "-Xmx256m",
                "-Dfile.encoding=UTF-8",
                "-Djava.security.manager=allow",
                "--add-reads=java.xml=java.logging",
                "--add-exports=java.base/org.apache.karaf.specs.locator=java.xml,ALL-UNNAMED",
                "--patch-module",
                "java.base=" + endorsed.formatted("locator"),
                "--patch-module",
                "java.xml=" + endorsed.formatted("java.xml"),
                "--add-opens=java.base/java.security=ALL-UNNAMED",
                "--add-opens=java.base/java.net=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.naming/javax.naming.spi=ALL-UNNAMED",
                "--add-opens=java.rmi/sun.rmi.transport.tcp=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.www.protocol.file=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.www.protocol.ftp=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.www.protocol.http=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.www.protocol.https=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.www.protocol.jar=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.www.content.text=ALL-UNNAMED",
                "--add-exports=jdk.xml.dom/org.w3c.dom.html=ALL-UNNAMED",
                "--add-exports=jdk.naming.rmi/com.sun.jndi.url.rmi=ALL-UNNAMED",
                "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
                "--add-exports=java.security.sasl/com.sun.security.sasl=ALL-UNNAMED",
                "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
                "-classpath",
                String.join(File.pathSeparator, "lib/jdk9plus/*", "lib/boot/*", "lib/endorsed/*"));
    }

    private static String freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("system property '" + name + "' is not set; run through Maven");
        }
        return value;
    }
}
