package org.matriarch.compression.lz4.internal;

import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;
import org.matriarch.spi.compression.Compressor;

/** The compressor on a machine that there is no native code for. */
final class JavaOnlyTest extends Lz4CompressorTest {

    @Override
    protected Compressor compressor() {
        return new Lz4Compressor(LZ4Factory.safeInstance(), XXHashFactory.safeInstance());
    }
}
