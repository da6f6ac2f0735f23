package org.matriarch.api.error;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/errors.md} in step with {@link ErrorCode}, whose comments are its text. To write it anew:
 *
 * <pre>mvn -pl bundles/org.matriarch.api test -Dmatriarch.docs=write</pre>
 */
final class ErrorReferenceTest {

    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    private static final Path REFERENCE = MODULE.resolve("../../docs/errors.md").normalize();
    private static final Path SOURCE = MODULE.resolve("src/main/java/org/matriarch/api/error/ErrorCode.java");

    private static final String[] SUBSYSTEMS = {
        "",
        "Configuration and usage",
        "Stores and repositories",
        "WAL",
        "Backup",
        "Recovery",
        "Failover",
        "PostgreSQL",
        "Jobs and plugins",
        "The product itself"
    };

    @Test
    void documentsEveryError() throws IOException {
        String expected = reference();

        if ("write".equals(System.getProperty("matriarch.docs"))) {
            Files.createDirectories(MODULE.resolve("../../docs"));
            Files.writeString(REFERENCE, expected, UTF_8);
        }

        assertThat(Files.exists(REFERENCE) ? Files.readString(REFERENCE, UTF_8) : "")
                .as("docs/errors.md is out of date; write it anew with"
                        + " 'mvn -pl bundles/org.matriarch.api test -Dmatriarch.docs=write'")
                .isEqualTo(expected);
    }

    private static String reference() throws IOException {
        String source = Files.readString(SOURCE, UTF_8);
        StringBuilder text = new StringBuilder("""
                # Errors

                <!-- Generated from ErrorCode of org.matriarch.api. Do not edit. -->

                Every error is two lines, the same in the shell, in logs and over HTTP: `MATR-nnnn: what could not be done, and
                to what`, then `HINT: what to look at`. A number is never given another meaning. *Retry* says whether the same
                request may succeed later without anybody changing anything; *exit* is the exit code of a command.
                """);
        int subsystem = 0;
        for (ErrorCode code : ErrorCode.values()) {
            if (code.number() / 1000 != subsystem) {
                subsystem = code.number() / 1000;
                text.append("\n## ").append(SUBSYSTEMS[subsystem]);
                text.append(
                        "\n\n| number | name | who acts | retry | exit | what it means |\n|---|---|---|---|---|---|\n");
            }
            text.append("| MATR-%d | `%s` | %s | %s | %d | %s |%n"
                    .formatted(
                            code.number(),
                            code.name(),
                            actor(code.category()),
                            code.retryable() ? "yes" : "no",
                            code.exitCode(),
                            meaning(source, code)));
        }
        return text.toString();
    }

    private static String actor(ErrorCode.Category category) {
        return switch (category) {
            case OPERATOR -> "the operator";
            case EXTERNAL -> "what lies outside: disk, network, PostgreSQL";
            case INTERNAL -> "us: report it";
        };
    }

    private static String meaning(String source, ErrorCode code) {
        Matcher comment = Pattern.compile("/\\*\\* ([^*]+) \\*/\\s+" + code.name() + "\\(")
                .matcher(source);
        assertThat(comment.find()).as("a comment of one line before %s", code).isTrue();
        return comment.group(1).replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`");
    }
}
