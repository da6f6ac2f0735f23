package org.matriarch.testkit.compression;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.compression.Compressor;

/** Proves that the contract notices what breaks it. */
final class BrokenCompressorsTest {

    private static final int GZIP_HEADER = 10;

    @Test
    void noticesLostBytes() {
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public InputStream decompress(InputStream in) throws IOException {
                byte[] content = super.decompress(in).readAllBytes();
                return new ByteArrayInputStream(content, 0, Math.max(0, content.length - 1));
            }
        });

        assertNotices(() -> contract.givesBackWhatItCompressed(1023));
        assertNotices(contract::takesItsLevels);
    }

    @Test
    void noticesAStreamWithoutACheckSum() {
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public InputStream decompress(InputStream in) throws IOException {
                in.skipNBytes(GZIP_HEADER);
                return new InflaterInputStream(in, new Inflater(true));
            }
        });

        assertNotices(contract::neverYieldsOtherBytesFromADamagedStream);
        assertNotices(contract::refusesATruncatedStream);
    }

    /** Which is what the stream of the JDK does. */
    @Test
    void noticesAStreamThatIsNotReadToItsEnd() {
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public InputStream decompress(InputStream in) throws IOException {
                return new GZIPInputStream(in);
            }
        });

        assertNotices(contract::readsFromAStreamThatGivesAFewBytesAtATime);
        assertNotices(() -> contract.refusesWhatFollowsTheStream(3));
    }

    @Test
    void noticesAWrongMagicNumber() {
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public byte[] magic() {
                return new byte[] {'P', 'K'};
            }
        });

        assertNotices(() -> contract.beginsWithItsMagicNumber(1));
    }

    @Test
    void noticesAMagicNumberThatCanBeSpoilt() {
        byte[] magic = new SampleGzip().magic();
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public byte[] magic() {
                return magic;
            }
        });

        assertNotices(contract::handsOutAMagicNumberThatNobodyCanSpoil);
    }

    @Test
    void noticesAWordForALevelThatItDoesNotHave() {
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public OptionalInt level(Effort effort) {
                return effort == Effort.HIGH ? OptionalInt.of(10) : OptionalInt.empty();
            }
        });

        assertThatThrownBy(contract::takesTheLevelsThatItsWordsMean).hasMessage("level 10 is not from 1 to 9");
    }

    @Test
    void noticesBytesThatAreOnlyPassedOn() {
        CompressorContract contract = contractOf(new SampleGzip() {
            @Override
            public OutputStream compress(OutputStream out, OptionalInt level) {
                return new FilterOutputStream(out) {
                    @Override
                    public void close() {
                        // The stream below stays open, which is the second fault.
                    }
                };
            }

            @Override
            public InputStream decompress(InputStream in) {
                return in;
            }
        });

        assertNotices(contract::makesZerosSmall);
        assertNotices(contract::refusesOtherLevels);
        assertNotices(contract::closesTheStreamBelow);
        assertNotices(contract::refusesWhatItDidNotCompress);
    }

    private static void assertNotices(ThrowingCallable test) {
        assertThatThrownBy(test).isInstanceOf(AssertionError.class);
    }

    private static CompressorContract contractOf(Compressor broken) {
        return new CompressorContract() {
            @Override
            protected Compressor compressor() {
                return broken;
            }

            @Override
            protected List<Integer> levels() {
                return List.of(1);
            }

            @Override
            protected List<Integer> wrongLevels() {
                return List.of(10);
            }
        };
    }
}
