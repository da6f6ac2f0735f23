package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.matriarch.api.file.DurableFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that opens the metrics and nothing else, in a file that stays: a Prometheus server has a copy of it, or is
 * allowed by the operator to read it. It is read at each request, so that another one is in force at once.
 */
final class MetricsToken {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsToken.class);

    private final Path file;

    MetricsToken(Path file) {
        this.file = file;
    }

    /** Makes the file if there is none. */
    void make() {
        if (Files.exists(file)) {
            return;
        }
        try {
            DurableFile.replace(file, (BearerToken.make() + "\n").getBytes(US_ASCII));
            LOG.info("made a token for metrics: '{}'", file);
        } catch (IOException e) {
            LOG.error("unable to make the token for metrics in '{}', nobody can read them: {}", file, e.toString());
        }
    }

    /** Returns whether a header holds the token. */
    boolean opens(String authorization) {
        try {
            return BearerToken.shows(
                    authorization, Files.readString(file, US_ASCII).strip());
        } catch (IOException e) {
            LOG.warn("unable to read the token for metrics: {}", e.toString());
            return false;
        }
    }
}
