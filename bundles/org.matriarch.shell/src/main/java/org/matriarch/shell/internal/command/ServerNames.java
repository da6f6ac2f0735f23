package org.matriarch.shell.internal.command;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.Servers;

/** The servers that a command is given: names, or {@code all}. */
public final class ServerNames {

    private static final String ALL = "all";

    private ServerNames() {}

    /** What is done for each server. */
    @FunctionalInterface
    public interface Action {

        /** Does it and returns an exit code. */
        int run(String server) throws IOException, InterruptedException;
    }

    /** Returns the names meant, without repetition: for {@code all} every server that has a file, even a refused one. */
    public static List<String> expand(Services services, List<String> words) {
        if (!words.contains(ALL)) {
            return words.stream().distinct().toList();
        }
        return known(services.servers());
    }

    /** Returns the names meant; for {@code all} the servers that are active. */
    public static List<String> expandActive(Services services, List<String> words) {
        if (!words.contains(ALL)) {
            return words.stream().distinct().toList();
        }
        return services.servers().servers().stream()
                .filter(server -> server.active())
                .map(server -> server.name())
                .toList();
    }

    /** Returns the names of all servers that have a file. */
    public static List<String> known(Servers servers) {
        var names = new TreeSet<String>();
        servers.servers().forEach(server -> names.add(server.name()));
        names.addAll(servers.problems().keySet());
        names.remove(""); // the global file
        return List.copyOf(names);
    }

    /** Does it for each server, whatever happens to another, and returns the highest exit code. */
    public static int forEach(Invocation call, List<String> servers, Action action)
            throws IOException, InterruptedException {
        if (servers.isEmpty()) {
            call.console().note("no server is configured; add a file etc/org.matriarch.server-<name>.cfg");
        }
        int worst = 0;
        for (String server : servers) {
            try {
                worst = Math.max(worst, action.run(server));
            } catch (MatriarchException e) {
                call.console().error(e);
                worst = Math.max(worst, e.code().exitCode());
            }
        }
        return worst;
    }
}
