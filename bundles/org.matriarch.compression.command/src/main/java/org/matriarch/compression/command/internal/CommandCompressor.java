package org.matriarch.compression.command.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.configuration.LastGood;
import org.matriarch.spi.configuration.Reconfigurable;
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
public final class CommandCompressor implements Compressor, Reconfigurable {

    private static final Logger LOG = LoggerFactory.getLogger(CommandCompressor.class);

    private final LastGood<CommandSettings> settings;

    /** Takes the first configuration, and waits for another if it cannot work. */
    @Activate
    public CommandCompressor(Map<String, Object> properties) {
        settings = LastGood.of(properties, CommandSettings::of);
        tell();
    }

    CommandCompressor(CommandSettings settings) {
        this.settings = new LastGood<>(settings, CommandSettings::of);
    }

    /** Takes a new configuration; one that cannot work is refused, and the last good one stays in force. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings.change(properties);
        tell();
    }

    private void tell() {
        settings.refused()
                .ifPresentOrElse(
                        reason -> LOG.warn("a compressor is not as configured: {}", reason),
                        () -> LOG.info(
                                "compressor '{}' runs '{}'",
                                id(),
                                String.join(" ", settings.inForce().compress())));
    }

    @Override
    public boolean isInForce() {
        return settings.isInForce();
    }

    @Override
    public Optional<String> refused() {
        return settings.refused();
    }

    @Override
    public String id() {
        return settings.inForce().id();
    }

    @Override
    public byte[] magic() {
        return HexFormat.of().parseHex(settings.inForce().magic());
    }

    @Override
    public OptionalInt level(Effort effort) {
        return settings.inForce().level(effort);
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        CommandSettings inForce = settings.inForce();
        List<String> command = inForce.compressAt(level);
        return new CompressingStream(
                new Program(command, inForce.timeout()), HexFormat.of().parseHex(inForce.magic()), out);
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
        CommandSettings inForce = settings.inForce();
        return new DecompressingStream(new Program(inForce.decompress(), inForce.timeout()), in);
    }
}
