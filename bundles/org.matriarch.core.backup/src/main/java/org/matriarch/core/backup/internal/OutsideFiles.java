package org.matriarch.core.backup.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration files of a server that lie outside its data directory, as Debian has them.
 *
 * <p>A transport that copies files brings those that a setting names, none brings what they include, and the server itself
 * sends only what lies in the data directory. That is how it is with Barman, too.
 */
final class OutsideFiles {

    private static final Logger LOG = LoggerFactory.getLogger(OutsideFiles.class);
    private static final List<String> SETTINGS = List.of("config_file", "hba_file", "ident_file");

    /** Names no more than what the user may see. */
    private static final String INCLUDED =
            "SELECT DISTINCT sourcefile FROM pg_settings WHERE sourcefile IS NOT NULL ORDER BY sourcefile";

    private final ServerFacts facts;

    OutsideFiles(ServerFacts facts) {
        this.facts = facts;
    }

    /** Returns the files that a setting names. */
    List<String> named() {
        return outside(SETTINGS.stream()
                .flatMap(name -> Stream.ofNullable(facts.settings().get(name))));
    }

    /**
     * Returns the files that a backup does not hold.
     *
     * @param copied whether the files that a setting names were copied
     */
    List<String> leftOut(ServerConfiguration server, PostgresConnections connections, boolean copied) {
        List<String> named = named();
        var leftOut = new ArrayList<>(copied ? List.<String>of() : named);
        included(server, connections).stream()
                .filter(file -> !named.contains(file))
                .forEach(leftOut::add);
        return List.copyOf(leftOut);
    }

    private List<String> included(ServerConfiguration server, PostgresConnections connections) {
        var files = new ArrayList<String>();
        try (Connection connection = connections.openSql(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(INCLUDED)) {
            while (rows.next()) {
                files.add(rows.getString(1));
            }
        } catch (MatriarchException e) {
            LOG.debug("which files are included is not known: {}", e.summary());
        } catch (SQLException e) {
            LOG.debug("which files are included is not known: {}", PostgresException.reason(e));
        }
        return outside(files.stream());
    }

    private List<String> outside(Stream<String> files) {
        String inside = facts.settings().getOrDefault("data_directory", "") + "/";
        return files.filter(file -> file.startsWith("/") && !file.startsWith(inside))
                .toList();
    }
}
