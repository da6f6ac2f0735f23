package org.example.compression.xz;

import java.util.List;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.testkit.compression.CompressorContract;

final class XzCompressorTest extends CompressorContract {

    @Override
    protected Compressor compressor() {
        return new XzCompressor();
    }

    @Override
    protected List<Integer> levels() {
        return List.of(0, 1, 6);
    }

    @Override
    protected List<Integer> wrongLevels() {
        return List.of(-1, 10);
    }
}
