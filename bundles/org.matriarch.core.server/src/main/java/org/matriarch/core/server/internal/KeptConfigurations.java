package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.matriarch.api.file.DurableFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last values of each configuration file that were in force, kept for a container that starts while the file is
 * broken. The files may hold passwords: only their owner may read them.
 */
final class KeptConfigurations {

    private static final Logger LOG = LoggerFactory.getLogger(KeptConfigurations.class);

    private static final String SUFFIX = ".properties";

    private final Path directory;

    KeptConfigurations(Path directory) {
        this.directory = directory;
    }

    /** Returns what was kept under a name made of letters, digits, '_', '.' and '-'. */
    Optional<Map<String, String>> load(String name) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file(name), UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("unable to read the last good configuration in '{}': {}", file(name), e.toString());
            return Optional.empty();
        }
        var values = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return Optional.of(values);
    }

    /** Keeps values durably; a failure is logged, since what is in force works without. */
    void keep(String name, Map<String, String> values) {
        if (load(name).filter(values::equals).isPresent()) {
            return;
        }
        var properties = new Properties();
        properties.putAll(values);
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            var text = new StringWriter();
            properties.store(text, "Kept by Matriarch. Edit the file in etc/ instead.");
            DurableFile.replace(file(name), text.toString().getBytes(UTF_8));
        } catch (IOException e) {
            LOG.warn("unable to keep the last good configuration in '{}': {}", file(name), e.toString());
        }
    }

    /** Forgets a name. */
    void forget(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            LOG.warn("unable to delete '{}': {}", file(name), e.toString());
        }
    }

    /** Forgets every name whose value of {@code key} is the URI of a file that is no longer there. */
    void forgetOrphans(String key) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> directory.relativize(file).toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .filter(name -> load(name)
                            .map(values -> values.getOrDefault(key, ""))
                            .filter(KeptConfigurations::isGone)
                            .isPresent())
                    .forEach(this::forget);
        } catch (IOException e) {
            LOG.warn("unable to read '{}': {}", directory, e.toString());
        }
    }

    private static boolean isGone(String location) {
        try {
            return location.startsWith("file:") && !Files.exists(Path.of(URI.create(location)));
        } catch (IllegalArgumentException e) {
            return false; // not a URI that this machine understands: keep
        }
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }
}
