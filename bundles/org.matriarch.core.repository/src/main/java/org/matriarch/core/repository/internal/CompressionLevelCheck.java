package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the compressor takes {@code compression_level}. Only the compressor knows its scale, and it may come later than the
 * configuration; without this check the first WAL would be the one that tells.
 */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=551")
public final class CompressionLevelCheck implements ServerCheck {

    private static final Logger LOG = LoggerFactory.getLogger(CompressionLevelCheck.class);
    private static final String NAME = "compression level";

    private final Compressors compressors;

    /** Takes the compressors to ask. */
    @Activate
    public CompressionLevelCheck(@Reference Compressors compressors) {
        this.compressors = compressors;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        Optional<String> level = server.repository().compressionLevel();
        Optional<Compressor> compressor = compressors.find(server.repository().compression());
        return level.isEmpty() || compressor.isEmpty()
                ? List.of()
                : judge(server, compressor.get(), level.get()).stream().toList();
    }

    private static Optional<CheckResult> judge(ServerConfiguration server, Compressor compressor, String level) {
        try (OutputStream out = compressor.compress(
                OutputStream.nullOutputStream(), Compressors.level(compressor, Optional.of(level)))) {
            out.flush();
            return Optional.of(new CheckResult(NAME, Outcome.OK, level, ""));
        } catch (IllegalArgumentException e) {
            return Optional.of(new CheckResult(
                    NAME,
                    Outcome.FAILED,
                    "compressor '%s' refuses '%s': %s"
                            .formatted(server.repository().compression(), level, e.getMessage()),
                    "correct 'compression_level' of server '%s'; no WAL can be archived meanwhile."
                            .formatted(server.name())));
        } catch (IOException | RuntimeException | LinkageError e) {
            // It took the level and is broken in another way, which is told where WAL waits for it.
            LOG.debug("unable to try compressor '{}'", server.repository().compression(), e);
            return Optional.empty();
        }
    }
}
