package org.matriarch.shell.internal.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.wal.WalDoor;
import org.matriarch.shell.internal.command.Services;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/**
 * What a database host is to be given so that it archives and recovers through this container: settings to paste, and
 * files to copy. The token itself is not shown: terminals and their logs are read by others.
 */
final class DatabaseHost {

    private static final String PROGRAMS = "/usr/local/bin/";
    private static final String DIRECTORY = "/etc/matriarch/";

    private final String server;
    private final Optional<String> problem;
    private final String url;
    private final Optional<Path> token;
    private final Optional<Path> certificate;

    private DatabaseHost(
            String server, Optional<String> problem, String url, Optional<Path> token, Optional<Path> certificate) {
        this.server = server;
        this.problem = problem;
        this.url = url;
        this.token = token;
        this.certificate = certificate;
    }

    static DatabaseHost of(Services services, String server) {
        try {
            WalDoor door = services.walDoor();
            return new DatabaseHost(
                    server, Optional.empty(), door.url(), Optional.of(door.tokenFile(server)), door.certificate());
        } catch (MatriarchException e) {
            return new DatabaseHost(server, Optional.of(e.summary()), "", Optional.empty(), Optional.empty());
        }
    }

    Fields fields() {
        var fields = new Fields();
        if (problem.isPresent()) {
            return fields.add("WAL door", problem.get());
        }
        fields.add("WAL door", url).add("token file", "%s, to be copied to %s".formatted(Text.of(token), tokenThere()));
        certificate.ifPresent(file -> fields.add("certificate", "%s, to be copied to %s".formatted(file, caThere())));
        return fields;
    }

    /** Returns lines for postgresql.conf, to be pasted as they are. */
    List<String> settings() {
        return problem.isPresent()
                ? List.of()
                : List.of(
                        "archive_command = '%s'".formatted(archiveCommand()),
                        "restore_command = '%s'".formatted(restoreCommand()));
    }

    Object json() {
        return new Json()
                .add("problem", problem)
                .add("url", problem.isPresent() ? Optional.empty() : Optional.of(url))
                .add("tokenFile", token)
                .add("certificate", certificate)
                .add("archiveCommand", problem.isPresent() ? Optional.empty() : Optional.of(archiveCommand()))
                .add("restoreCommand", problem.isPresent() ? Optional.empty() : Optional.of(restoreCommand()))
                .build();
    }

    private String archiveCommand() {
        return "%smatriarch-wal-push %s %s %%p".formatted(PROGRAMS, options(), server);
    }

    private String restoreCommand() {
        return "%smatriarch-wal-fetch %s --parallel 4 %s %%f %%p".formatted(PROGRAMS, options(), server);
    }

    private String options() {
        String options = "--url %s --token-file %s".formatted(url, tokenThere());
        return certificate.isPresent() ? "%s --cacert %s".formatted(options, caThere()) : options;
    }

    private String tokenThere() {
        return DIRECTORY + server + ".token";
    }

    private static String caThere() {
        return DIRECTORY + "matriarch.crt";
    }
}
