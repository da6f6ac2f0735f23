package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.matriarch.api.file.DurableFile;
import org.matriarch.http.internal.BearerToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens by which database hosts open the door, one for each server: it opens what belongs to that server and nothing
 * else.
 *
 * <p>Each is a file that its owner alone can read. It is read at each request: removing it, or writing another, is in
 * force at once. Not in Karaf's data directory, which a clean start wipes: the tokens lie on other hosts, too.
 */
final class ServerTokens {

    private static final Logger LOG = LoggerFactory.getLogger(ServerTokens.class);

    /** Also keeps a request from reading files elsewhere. */
    private static final Pattern SERVER_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

    private final Path directory;

    ServerTokens(Path directory) {
        this.directory = directory;
    }

    /** Returns whether what a request shows is the token of a server. Takes as long for a wrong one as for the right one. */
    boolean opens(String server, String authorization) {
        return BearerToken.shows(authorization, token(server));
    }

    /** Returns the file of a server's token, which is made if there is none. */
    synchronized Path file(String server) throws IOException {
        Path file = path(server);
        if (!Files.exists(file)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            DurableFile.replace(
                    file, (BearerToken.make() + "\n").getBytes(US_ASCII)); // a database host is given a copy of it
            LOG.info("made a token for server '{}': '{}'", server, file);
        }
        return file;
    }

    private String token(String server) {
        if (!SERVER_NAME.matcher(server).matches()) {
            return "";
        }
        Path file = path(server);
        try {
            return Files.readString(file, US_ASCII).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            LOG.error("unable to read the token of server '{}' in '{}': {}", server, file, e.toString());
            return "";
        }
    }

    private Path path(String server) {
        return directory.resolve(server + ".token");
    }
}
