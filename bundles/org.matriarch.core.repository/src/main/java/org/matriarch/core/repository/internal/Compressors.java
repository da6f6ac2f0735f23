package org.matriarch.core.repository.internal;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.compression.Compressor.Effort;
import org.matriarch.spi.configuration.Reconfigurable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The compressors that are installed right now, found by id or by the bytes that a stored object begins with. */
@Component(service = Compressors.class)
public final class Compressors {

    /** Value of {@code compression} that means to store bytes as they are. */
    static final String NONE = "none";

    /** How many bytes of an object {@link #recognise} looks at. */
    static final int HEAD_BYTES = 16;

    /** The codecs that Barman writes: named even where nobody is installed that can read them. */
    private static final Map<String, byte[]> KNOWN_MAGIC = Map.of(
            "gzip", HexFormat.of().parseHex("1f8b08"),
            "bzip2", HexFormat.of().parseHex("425a68"),
            "xz", HexFormat.of().parseHex("fd377a585a00"),
            "zstd", HexFormat.of().parseHex("28b52ffd"),
            "lz4", HexFormat.of().parseHex("04224d18"),
            "snappy", HexFormat.of().parseHex("ff060000734e61507059"));

    /** The longest magic number says most. A command may have that of a well-known codec, which then goes first. */
    private static final Comparator<Installed> BEST = Comparator.<Installed>comparingInt(
                    installed -> installed.magic().length)
            .thenComparing(installed -> KNOWN_MAGIC.containsKey(installed.id()))
            .thenComparing(Installed::id);

    private final Map<String, Installed> compressorsById = new ConcurrentHashMap<>();

    /** What a compressor said of itself when it came or changed: reading what others wrote must not depend on what it does then. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never given away
    private record Installed(String id, byte[] magic, Compressor compressor) {}

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCompressor(Compressor compressor) {
        if (!isInForce(compressor)) {
            return; // its properties change when that does
        }
        compressorsById.put(
                compressor.id(),
                new Installed(compressor.id(), compressor.magic().clone(), compressor));
    }

    /** A compressor may get another id or magic number while it is used. */
    void updatedCompressor(Compressor compressor) {
        if (!isInForce(compressor)) {
            return; // none that was in force ceases to be
        }
        Installed before = compressorsById.get(compressor.id());
        boolean same = before != null
                && before.compressor() == compressor
                && Arrays.equals(before.magic(), compressor.magic());
        if (!same) {
            addCompressor(compressor);
            compressorsById
                    .values()
                    .removeIf(each ->
                            each.compressor() == compressor && !each.id().equals(compressor.id()));
        }
    }

    private static boolean isInForce(Compressor compressor) {
        return !(compressor instanceof Reconfigurable reconfigurable) || reconfigurable.isInForce();
    }

    void removeCompressor(Compressor compressor) {
        compressorsById.values().removeIf(installed -> installed.compressor() == compressor);
    }

    /** Returns the compressor of an id; {@code what} says what it is needed for. */
    Compressor require(String id, String what) {
        Installed installed = compressorsById.get(id);
        if (installed == null) {
            throw new MatriarchException(
                    ErrorCode.PLUGIN_MISSING,
                    "unable to %s: compressor '%s' is not installed".formatted(what, id),
                    "run feature:install matriarch-compression-%s.".formatted(id));
        }
        return installed.compressor();
    }

    /** Returns the compressor of an id, if it is installed. */
    Optional<Compressor> find(String id) {
        return Optional.ofNullable(compressorsById.get(id)).map(Installed::compressor);
    }

    /** Returns what a value of {@code compression_level} is on a compressor's own scale. */
    static OptionalInt level(Compressor compressor, Optional<String> level) {
        return switch (level.orElse("")) {
            case "" -> OptionalInt.empty();
            case "low" -> compressor.level(Effort.LOW);
            case "medium" -> compressor.level(Effort.MEDIUM);
            case "high" -> compressor.level(Effort.HIGH);
            default -> OptionalInt.of(Integer.parseInt(level.orElseThrow()));
        };
    }

    /** Returns the id of the codec that an archived file begins with; empty if it is stored as it is. */
    Optional<String> recognise(byte[] head) {
        // A WAL page begins with a magic number 0xD1xx, little endian: nothing that begins so is compressed.
        if (head.length < 2 || head[1] == (byte) 0xD1) {
            return Optional.empty();
        }
        return compressorsById.values().stream()
                .filter(installed -> startsWith(head, installed.magic()))
                .max(BEST)
                .map(Installed::id)
                .or(() -> KNOWN_MAGIC.entrySet().stream()
                        .filter(known -> startsWith(head, known.getValue()))
                        .map(Map.Entry::getKey)
                        .findFirst());
    }

    private static boolean startsWith(byte[] head, byte[] magic) {
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
