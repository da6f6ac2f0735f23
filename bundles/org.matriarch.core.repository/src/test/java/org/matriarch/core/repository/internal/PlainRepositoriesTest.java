package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;
import org.matriarch.testkit.storage.ForwardingObjectStore;

/** How repositories are found, claimed, and what is said when they are not there. */
final class PlainRepositoriesTest {

    private static final ObjectName IDENTITY = new ObjectName("main/identity.json");

    @TempDir
    Path home;

    @Test
    void saysWhichStoreIsMissingAndWhatBringsIt() {
        var repositories = new PlainRepositories(new ObjectStores(), new Compressors());

        assertThatThrownBy(() -> repositories.repository(Samples.server(home, "default", "none")))
                .hasMessage(("MATR-2001: unable to open the repository of server 'main': store 'default' is not"
                                + " installed%nHINT: run feature:install matriarch-storage-file, which brings the file"
                                + " store.")
                        .formatted());
        assertThatThrownBy(() -> repositories.repository(Samples.server(home, "vault", "none")))
                .hasMessageContaining("HINT: configure it in etc/org.matriarch.storage.file-vault.cfg");
    }

    @Test
    void lendsItsCompressors() throws IOException {
        var compressors = new Compressors();
        compressors.addCompressor(new Samples.Gzip());
        var compressed = new ByteArrayOutputStream();

        try (OutputStream out = new InstalledCompression(compressors).compress("gzip", compressed)) {
            out.write("some bytes".getBytes(UTF_8));
        }

        try (var plain = new GZIPInputStream(new ByteArrayInputStream(compressed.toByteArray()))) {
            assertThat(plain.readAllBytes()).asString(UTF_8).isEqualTo("some bytes");
        }
        assertThatThrownBy(() -> new InstalledCompression(compressors).compress("bzip2", compressed))
                .hasMessageContaining("compressor 'bzip2' is not installed");
    }

    @Test
    void refusesAFormatThatItDoesNotKnow() {
        var settings = new ServerConfiguration.RepositorySettings(
                "default", "packed", "none", Optional.empty(), 0, Optional.empty());
        var packed = Samples.server(home, settings);

        assertThatThrownBy(
                        () -> Samples.repositories(new MemoryStore("default")).repository(packed))
                .hasMessageContaining("MATR-1001: repository_format 'packed' of server 'main' is not known");
    }

    @Test
    void isClaimedOnceAndConfirmedLater() throws IOException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);

        assertThat(repository.identity()).isEmpty();
        repository.claim(new RepositoryIdentity("123", 16));
        repository.claim(new RepositoryIdentity("123", 16));

        assertThat(repository.server()).isEqualTo("main");
        assertThat(repository.identity()).contains(new RepositoryIdentity("123", 16));
        try (InputStream in = store.open(IDENTITY, 0)) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("""
                    {
                        "systemid": "123",
                        "version": "16"
                    }
                    """);
        }
    }

    @Test
    void goesOnWhereItBegan() throws IOException {
        var first = new MemoryStore("default");
        var second = new MemoryStore("default");
        var moving = new ForwardingObjectStore(second) {
            private ObjectStore now = first;

            @Override
            public ObjectStore asOfNow() {
                return now;
            }
        };
        Repository repository = Samples.repository(moving, home);

        moving.now = second;
        repository.claim(new RepositoryIdentity("123", 16));

        assertThat(first.find(IDENTITY)).isPresent();
        assertThat(second.find(IDENTITY)).isEmpty();
    }

    @Test
    void findsAStoreByTheIdThatItHasNow() {
        var id = new AtomicReference<>("old");
        var store = new ForwardingObjectStore(new MemoryStore("default")) {
            @Override
            public String id() {
                return id.get();
            }
        };
        var stores = new ObjectStores();
        stores.addStore(store);

        id.set("new");
        stores.updatedStore(store);
        assertThat(stores.find("old")).isEmpty();
        assertThat(stores.find("new")).contains(store);
        stores.updatedStore(store);
        assertThat(stores.find("new")).contains(store);

        id.set("newer");
        stores.removeStore(store);
        assertThat(stores.find("new")).isEmpty();
    }

    @Test
    void refusesAnotherSystem() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        repository.claim(new RepositoryIdentity("123", 16));

        assertThatThrownBy(() -> repository.claim(new RepositoryIdentity("456", 16)))
                .hasMessage(
                        ("MATR-2005: the repository of server 'main' holds PostgreSQL system '123', but the server is"
                                        + " system '456'%nHINT: correct 'conninfo', or give this server another name, so that it"
                                        + " gets a repository of its own.")
                                .formatted());
    }

    @Test
    void refusesTheSlowerOfTwoSystems() {
        var store = new MemoryStore("default");
        var raced = new ForwardingObjectStore(store) {
            @Override
            public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
                store.replace(name, "{\"systemid\": \"789\", \"version\": \"9.6\", \"more\": {}}".getBytes(UTF_8));
                throw new ObjectExistsException(id(), name);
            }
        };

        assertThatThrownBy(() -> Samples.repository(raced, home).claim(new RepositoryIdentity("456", 16)))
                .hasMessageContaining("holds PostgreSQL system '789'");
        assertThat(Samples.repository(store, home).identity()).contains(new RepositoryIdentity("789", 9));
    }

    @Test
    void refusesAnIdentityThatCannotBeRead() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);

        for (String broken : List.of("", "[]", "{\"version\": \"16\"}", "{\"systemid\": \"1\", \"version\": \"x\"}")) {
            store.replace(IDENTITY, broken.getBytes(UTF_8));
            assertThatThrownBy(repository::identity)
                    .hasMessageContaining("MATR-2007: unable to read 'main/identity.json' in store 'default'");
        }
    }

    @Test
    void saysWhatTheStoreSays() {
        Repository off = Samples.repository(new DyingStore(new MemoryStore("default"), -1), home);
        Repository dying = Samples.repository(new DyingStore(new MemoryStore("default"), 0), home);

        assertThatThrownBy(off::identity).hasMessageContaining("MATR-2002");
        assertThatThrownBy(() -> dying.claim(new RepositoryIdentity("1", 16))).hasMessageContaining("MATR-2002");
    }

    @Test
    void tellsAFullStoreFromABrokenOne() {
        MatriarchException full = StoreFailures.of(new StoreFullException("default", IDENTITY, null));
        MatriarchException fullDisk =
                StoreFailures.of("spool", new FileSystemException("x", null, "No space left on device"));
        MatriarchException broken = StoreFailures.of(new StorageException("unable to read", false, null));

        assertThat(full.code()).isEqualTo(ErrorCode.STORE_FULL);
        assertThat(fullDisk.code()).isEqualTo(ErrorCode.STORE_FULL);
        assertThat(broken.code()).isEqualTo(ErrorCode.STORE_FAILED);
        assertThat(StoreFailures.of("spool", new IOException()).summary()).isEqualTo("unable to spool: IOException");
        assertThat(StoreFailures.of("spool", new IOException("why")).summary()).isEqualTo("unable to spool: why");
        assertThat(StoreFailures.of("spool", new StorageException("it", true, null))
                        .summary())
                .isEqualTo("it");
    }

    @Test
    void recognisesCodecsByMagic() {
        var compressors = new Compressors();
        var gzip = new Samples.Gzip();
        compressors.addCompressor(gzip);

        assertThat(compressors.recognise(new byte[] {0x1f, (byte) 0x8b, 8})).contains("gzip");
        assertThat(compressors.recognise(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}))
                .contains("zstd");
        assertThat(compressors.recognise(new byte[] {0x13, (byte) 0xd1, 0, 0})).isEmpty();
        assertThat(compressors.recognise(new byte[0])).isEmpty();
        assertThat(compressors.recognise("1\t0/3".getBytes(UTF_8))).isEmpty();
        compressors.removeCompressor(gzip);
        assertThatThrownBy(() -> compressors.require("gzip", "test")).hasMessageContaining("MATR-8003");
    }
}
