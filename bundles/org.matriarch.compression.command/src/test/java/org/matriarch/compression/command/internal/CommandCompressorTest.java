package org.matriarch.compression.command.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

    @Test
    void waitsForAConfigurationThatCanWork() {
        var compressor = new CommandCompressor(Map.of("matriarch.compressor.id", "mine", "compress", "gzip -c"));
        assertThat(compressor.isInForce()).isFalse();
        assertThat(compressor.refused())
                .hasValueSatisfying(reason -> assertThat(reason).contains("nothing of it is in force"));
        assertThatThrownBy(compressor::id).hasMessageContaining("nothing of it is in force");

        compressor.modified(Map.of(
                "matriarch.compressor.id", "mine",
                "compress", "gzip -c",
                "decompress", "gzip -dc",
                "magic", "1f8b08"));
        assertThat(compressor.isInForce()).isTrue();
        assertThat(compressor.id()).isEqualTo("mine");
        assertThat(compressor.refused()).isEmpty();
    }
}
