package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.spi.compression.Compressor;

/** A compressor that throws what it must not, now here, now there: nobody else is hurt, and its bundle is named. */
final class RogueCompressorTest {

    private static final WalFileName FIRST = new WalFileName("000000010000000000000001");
    private static final WalFileName SECOND = new WalFileName("000000010000000000000002");

    @TempDir
    private Path home;

    private final Rogue rogue = new Rogue();
    private final MemoryStore store = new MemoryStore("default");

    @Test
    void isNamedWhereverItThrows() throws IOException {
        WalArchive wal = Samples.repositories(store, rogue)
                .repository(Samples.server(home, "default", "rogue"))
                .wal();
        Path segment = Files.write(home.resolve("segment"), new byte[1 << 20]);
        wal.store(FIRST, segment);
        for (String where : new String[] {"compress", "write"}) {
            rogue.throwing = where;
            assertThatThrownBy(() -> wal.store(SECOND, segment))
                    .hasMessageContaining(
                            "MATR-8007: unable to archive '%s' of server 'main': compressor 'rogue' of"
                                    + " bundle '%s' failed: java.lang.IllegalStateException: %s",
                            SECOND, Rogue.class.getName(), where);
            assertThat(wal.contains(SECOND)).isFalse();
        }
        for (String where : new String[] {"decompress", "read", "close"}) {
            rogue.throwing = where;
            assertThatThrownBy(() -> read(wal))
                    .hasMessageContaining("MATR-8007: unable to read '%s' of server 'main'", FIRST)
                    .hasMessageContaining("IllegalStateException: " + where);
        }
        rogue.throwing = "magic";
        try (InputStream in = wal.open(FIRST)) {
            assertThat(in.read()).isZero();
            assertThat(in.readAllBytes()).hasSize((1 << 20) - 1);
        }
    }

    private static void read(WalArchive wal) throws IOException {
        try (InputStream in = wal.open(FIRST)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Gzip, but for what it is told to do wrong. */
    private static final class Rogue implements Compressor {

        private final Compressor good = new Samples.Gzip();
        private String throwing = "";

        private void mayThrow(String where) {
            if (throwing.equals(where)) {
                throw new IllegalStateException(where);
            }
        }

        @Override
        public String id() {
            return "rogue";
        }

        @Override
        public byte[] magic() {
            mayThrow("magic");
            return good.magic();
        }

        @Override
        public OutputStream compress(OutputStream target, OptionalInt level) throws IOException {
            mayThrow("compress");
            return new FilterOutputStream(good.compress(target, level)) {
                @Override
                public void write(byte[] buffer, int offset, int length) throws IOException {
                    mayThrow("write");
                    out.write(buffer, offset, length);
                }
            };
        }

        @Override
        public InputStream decompress(InputStream source) throws IOException {
            mayThrow("decompress");
            return new FilterInputStream(good.decompress(source)) {
                @Override
                public int read() throws IOException {
                    mayThrow("read");
                    return super.read();
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    mayThrow("read");
                    return super.read(buffer, offset, length);
                }

                @Override
                public void close() throws IOException {
                    mayThrow("close");
                    super.close();
                }
            };
        }
    }
}
