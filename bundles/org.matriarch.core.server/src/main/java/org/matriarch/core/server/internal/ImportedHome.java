package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.matriarch.api.server.ConfigurationProblem;

/**
 * Where the imported servers lie: a directory that holds one for each, named after it. That is Barman's default, but each
 * server of Barman's may lie anywhere.
 *
 * @param path becomes {@code matriarch_home}
 * @param problems of the servers that do not lie there, or not as we look for it
 */
record ImportedHome(Path path, List<ConfigurationProblem> problems) {

    private static final List<String> FIXED = List.of("basebackups_directory", "wals_directory", "xlogdb_directory");

    /** Looks at the servers that are imported. */
    static ImportedHome of(BarmanFiles files, List<String> servers) {
        Set<Path> parents = servers.stream()
                .map(server -> directory(files, server, "backup_directory"))
                .map(ImportedHome::parent)
                .collect(Collectors.toSet());
        Path home =
                parents.size() == 1 ? parents.iterator().next() : files.home().normalize();
        var problems = new ArrayList<ConfigurationProblem>();
        for (String server : servers) {
            Path directory = directory(files, server, "backup_directory");
            Path ours = home.resolve(server);
            if (!directory.equals(ours)) {
                problems.add(
                        problem(
                                server,
                                "backup_directory",
                                directory,
                                "is not '%s', where it has to be: move it there or mount it there (mount --bind), and say so in"
                                                .formatted(ours)
                                        + " Barman's file; or import only the servers that lie in one directory, with --server"));
                continue;
            }
            for (String option : FIXED) {
                Path found = directory(files, server, option);
                Path expected = directory.resolve(option.startsWith("base") ? "base" : "wals");
                if (!found.equals(expected)) {
                    problems.add(problem(
                            server,
                            option,
                            found,
                            "is not '%s', where it has to be: move it there or mount it there, and remove the option"
                                    .formatted(expected)));
                }
            }
        }
        return new ImportedHome(home, List.copyOf(problems));
    }

    private static Path parent(Path directory) {
        Path parent = directory.getParent();
        return parent == null ? directory : parent;
    }

    private static Path directory(BarmanFiles files, String server, String option) {
        return BarmanFiles.path(files.effective(server, option)).normalize();
    }

    private static ConfigurationProblem problem(String server, String key, Path value, String reason) {
        return new ConfigurationProblem(ImportedServer.file(server), key, value.toString(), reason);
    }
}
