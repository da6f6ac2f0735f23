package org.matriarch.compression.command.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a program compress and decompress, one process for each stream. */
@Component(
        service = Compressor.class,
        configurationPid = "org.matriarch.compression.command",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = CommandConfig.class, factory = true)
public final class CommandCompressor implements Compressor {

    private static final Logger LOG = LoggerFactory.getLogger(CommandCompressor.class);

    private volatile CommandSettings settings;

    /** Refuses to start, naming the property, if the configuration cannot work. */
    @Activate
    public CommandCompressor(Map<String, Object> properties) {
        this(CommandSettings.of(properties));
        LOG.info("compressor '{}' runs '{}'", settings.id(), String.join(" ", settings.compress()));
    }

    CommandCompressor(CommandSettings settings) {
        this.settings = settings;
    }

    /** Takes a new configuration; one that cannot work is refused, and the last good one stays in force. */
    @Modified
    void modified(Map<String, Object> properties) {
        try {
            settings = CommandSettings.of(properties);
            LOG.info("compressor '{}' now runs '{}'", settings.id(), String.join(" ", settings.compress()));
        } catch (MatriarchException e) {
            LOG.warn("compressor '{}' goes on as before: {}", settings.id(), e.getMessage());
        }
    }

    @Override
    public String id() {
        return settings.id();
    }

    @Override
    public byte[] magic() {
        return HexFormat.of().parseHex(settings.magic());
    }

    @Override
    public OptionalInt level(Effort effort) {
        return settings.level(effort);
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        CommandSettings inForce = settings;
        List<String> command = inForce.compressAt(level);
        return new CompressingStream(
                new Program(command, inForce.timeout()), HexFormat.of().parseHex(inForce.magic()), out);
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
        CommandSettings inForce = settings;
        return new DecompressingStream(new Program(inForce.decompress(), inForce.timeout()), in);
    }
}
