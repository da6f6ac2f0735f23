package org.matriarch.itests.karaf;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A plugin that is built as somebody else does: in a directory of its own, by Maven, with no more of ours than what would be
 * published. It knows two repositories: one of these artifacts alone, and the local repository of this build, from which it
 * only copies.
 */
final class OwnBuild {

    private static final String VERSION = System.getProperty("matriarch.version");
    private static final List<String> PUBLISHED =
            List.of("org.matriarch.api", "org.matriarch.spi", "org.matriarch.testkit");

    /** All by path, so that nothing is asked for over the network; a local repository holds no checksums. */
    private static final String SETTINGS = """
            <settings>
              <localRepository>%1$s/local</localRepository>
              <mirrors>
                <mirror><id>known</id><url>%2$s</url><mirrorOf>*,!published</mirrorOf></mirror>
              </mirrors>
              <profiles>
                <profile>
                  <id>here</id>
                  <repositories>
                    <repository>
                      <id>published</id>
                      <url>file://%1$s/published</url>
                      <snapshots><checksumPolicy>ignore</checksumPolicy></snapshots>
                    </repository>
                    <repository>
                      <id>central</id>
                      <url>mirrored</url>
                      <releases><checksumPolicy>ignore</checksumPolicy></releases>
                      <snapshots><enabled>false</enabled></snapshots>
                    </repository>
                  </repositories>
                  <pluginRepositories>
                    <pluginRepository>
                      <id>central</id>
                      <url>mirrored</url>
                      <releases><checksumPolicy>ignore</checksumPolicy></releases>
                      <snapshots><enabled>false</enabled></snapshots>
                    </pluginRepository>
                  </pluginRepositories>
                </profile>
              </profiles>
              <activeProfiles><activeProfile>here</activeProfile></activeProfiles>
            </settings>
            """;

    private final Path tree;
    private final Path directory;

    private OwnBuild(Path tree, Path directory) {
        this.tree = tree;
        this.directory = directory;
    }

    /** Builds an example of a source tree outside of it, with its tests, and returns the jar; {@code keep} is where it goes. */
    static Path of(Path example, Path keep) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("matriarch-plugin");
        try {
            var build = new OwnBuild(example.getParent().getParent(), directory);
            build.publish();
            Path project = build.copy(example);
            build.run(project);
            return Files.copy(build.jar(project), keep, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private void publish() throws IOException {
        publish("matriarch", tree.resolve("pom.xml"), "pom");
        for (String artifact : PUBLISHED) {
            Path module = tree.resolve("bundles").resolve(artifact);
            publish(artifact, module.resolve("pom.xml"), "pom");
            publish(artifact, module.resolve("target/%s-%s.jar".formatted(artifact, VERSION)), "jar");
        }
    }

    private void publish(String artifact, Path file, String type) throws IOException {
        Path target = Files.createDirectories(
                directory.resolve("published/org/matriarch").resolve(artifact).resolve(VERSION));
        Files.copy(file, target.resolve("%s-%s.%s".formatted(artifact, VERSION, type)));
    }

    private Path copy(Path example) throws IOException {
        Path project = Files.createDirectory(directory.resolve("my-compressor"));
        Path built = example.resolve("target");
        try (Stream<Path> files = Files.walk(example)) {
            for (Path file :
                    files.filter(each -> !each.startsWith(built)).skip(1).toList()) {
                Files.copy(file, project.resolve(example.relativize(file)));
            }
        }
        return project;
    }

    private void run(Path project) throws IOException, InterruptedException {
        Path known = Path.of(System.getProperty("matriarch.localRepository"));
        Path settings =
                Files.writeString(directory.resolve("settings.xml"), SETTINGS.formatted(directory, known.toUri()));
        var command = new ArrayList<String>(List.of(System.getProperty("matriarch.maven"), "-B", "-q"));
        command.addAll(List.of("-s", settings.toString(), "-gs", settings.toString(), "package"));
        var builder = new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("MAVEN_ARGS");
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"); // it starts sooner
        Process maven = builder.start();
        maven.getOutputStream().close();
        String said = new String(maven.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(said, 0, maven.waitFor());
    }

    private Path jar(Path project) throws IOException {
        try (Stream<Path> files = Files.list(project.resolve("target"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .reduce((one, other) -> {
                        throw new IllegalStateException("two jars: %s and %s".formatted(one, other));
                    })
                    .orElseThrow();
        }
    }
}
