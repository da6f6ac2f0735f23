package org.matriarch.testkit.compression;

import java.util.List;
import org.matriarch.spi.compression.Compressor;

/** Proves that the contract can be kept. */
final class SampleGzipTest extends CompressorContract {

    @Override
    protected Compressor compressor() {
        return new SampleGzip();
    }

    @Override
    protected List<Integer> levels() {
        return List.of(1, 6, 9);
    }

    @Override
    protected List<Integer> wrongLevels() {
        return List.of(-1, 0, 10);
    }
}
