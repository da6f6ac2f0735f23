package org.matriarch.compression.command.internal;

import java.util.List;
import java.util.Map;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.testkit.compression.CompressorContract;

/** The contract, kept by a program that everybody has. */
final class CommandCompressorTest extends CompressorContract {

    @Override
    protected Compressor compressor() {
        return new CommandCompressor(Map.of(
                "matriarch.compressor.id", "mine",
                "compress", "gzip -{level} -c",
                "decompress", "gzip -dc",
                "magic", "1f8b08",
                "default_level", "6",
                "low_level", "1",
                "high_level", "9"));
    }

    @Override
    protected List<Integer> levels() {
        return List.of(1, 6, 9);
    }

    /** It takes any: the program knows which ones there are. */
    @Override
    protected List<Integer> wrongLevels() {
        return List.of();
    }
}
