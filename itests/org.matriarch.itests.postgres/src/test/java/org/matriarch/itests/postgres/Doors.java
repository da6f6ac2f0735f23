package org.matriarch.itests.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.matriarch.testkit.network.FreePort;

/**
 * The ports of a container's doors that are Karaf's: the prompt and JMX.
 *
 * @param ssh of the prompt
 * @param jmx of the registry
 */
record Doors(int ssh, int jmx) {

    /** Opens them on ports of their own, for other containers run here, to the users of these files. */
    static Doors open(Container container, String users, String keys) {
        var doors = new Doors(FreePort.next(), FreePort.next());
        set(container, "org.apache.karaf.shell.cfg", "sshPort", doors.ssh());
        set(container, "org.apache.karaf.management.cfg", "rmiRegistryPort", doors.jmx());
        set(container, "org.apache.karaf.management.cfg", "rmiServerPort", FreePort.next());
        container.configure("users.properties", users);
        container.configure("keys.properties", keys);
        return doors;
    }

    private static void set(Container container, String file, String key, int value) {
        Path path = container.data().resolve("etc").resolve(file);
        try {
            String text = Files.readString(path);
            container.configure(file, text.replaceAll("(?m)^%s ?=.*$".formatted(key), key + " = " + value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
