package org.matriarch.testkit.compression;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real program that reads its standard input and writes its standard output, such as {@code gzip -c}. */
public final class FilterProgram {

    private FilterProgram() {}

    /**
     * Returns what the program makes of the input.
     *
     * @throws AssertionError if it ends with another exit code than 0, with what it said
     */
    public static byte[] run(byte[] input, String... command) {
        try {
            Path in = Files.createTempFile("filter-program", ".in");
            Path out = Files.createTempFile("filter-program", ".out");
            Path error = Files.createTempFile("filter-program", ".error");
            try {
                Files.write(in, input);
                int exitCode = new ProcessBuilder(command)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(error.toFile())
                        .start()
                        .waitFor();
                if (exitCode != 0) {
                    throw new AssertionError("%s ended with exit code %d: %s"
                            .formatted(List.of(command), exitCode, Files.readString(error)));
                }
                return Files.readAllBytes(out);
            } finally {
                Files.delete(in);
                Files.delete(out);
                Files.delete(error);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + List.of(command), e);
        }
    }
}
