package org.matriarch.core.server.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files that make compressors of programs, for what Barman compresses with and no compressor of ours reads. */
final class CompressorFiles {

    /** Values of {@code compression} that need such a file; also the ids of its compressor. */
    static final Set<String> PROGRAMS = Set.of("xz", "custom");

    private static final String COMPRESS = "custom_compression_filter";
    private static final String DECOMPRESS = "custom_decompression_filter";
    private static final String MAGIC = "custom_compression_magic";

    /** What says which program {@code custom} is. */
    static final Set<String> OPTIONS = Set.of(COMPRESS, DECOMPRESS, MAGIC);

    /** A command that needs no shell: Barman gives it to one, we do not. */
    private static final Pattern PLAIN_COMMAND = Pattern.compile("[A-Za-z0-9_./,=+:@ -]+");

    private static final Pattern HEXADECIMAL = Pattern.compile("(?:0x)?((?:[0-9a-f]{2}){2,16})");

    private CompressorFiles() {}

    /** Returns the name of such a file. */
    static String name(String compression) {
        return "org.matriarch.compression.command-%s.cfg".formatted(compression);
    }

    /**
     * Returns the lines of the file for a server.
     *
     * @return nothing if its filters cannot be said in such a file
     */
    static Optional<List<String>> lines(String compression, BarmanFiles files, String server) {
        return compression.equals("xz") ? Optional.of(xz()) : custom(files, server);
    }

    private static List<String> xz() {
        var lines = lines("xz", "xz -{level} -c", "xz -dc", "fd377a585a00");
        lines.addAll(List.of("default_level = 3", "low_level = 1", "medium_level = 3", "high_level = 5"));
        return lines;
    }

    private static Optional<List<String>> custom(BarmanFiles files, String server) {
        String compress = files.effective(server, COMPRESS);
        String decompress = files.effective(server, DECOMPRESS);
        Matcher magic = HEXADECIMAL.matcher(files.effective(server, MAGIC).toLowerCase(Locale.ROOT));
        return PLAIN_COMMAND.matcher(compress).matches()
                        && PLAIN_COMMAND.matcher(decompress).matches()
                        && magic.matches()
                ? Optional.of(lines("custom", compress, decompress, magic.group(1)))
                : Optional.empty();
    }

    private static List<String> lines(String id, String compress, String decompress, String magic) {
        return new ArrayList<>(List.of(
                CfgLine.of("matriarch.compressor.id", id),
                CfgLine.of("compress", compress),
                CfgLine.of("decompress", decompress),
                CfgLine.of("magic", magic)));
    }
}
