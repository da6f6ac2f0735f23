package org.matriarch.api.server;

import java.nio.file.Path;
import java.util.List;

/**
 * What an import of Barman's configuration comes to.
 *
 * @param configuration Barman's main file
 * @param servers names of the servers that are imported
 * @param options what becomes of each option, in the order of Barman's files
 * @param files what is written, in that order; a file that already says it is among them
 * @param problems why nothing may be written; empty if all is well
 */
public record BarmanImportReport(
        Path configuration,
        List<String> servers,
        List<Option> options,
        List<File> files,
        List<ConfigurationProblem> problems) {

    /** Keeps its own copies. */
    public BarmanImportReport {
        servers = List.copyOf(servers);
        options = List.copyOf(options);
        files = List.copyOf(files);
        problems = List.copyOf(problems);
    }

    /** What becomes of an option. */
    public enum Outcome {
        /** It means the same here, and is written as it stands. */
        TAKEN_OVER,
        /** It is written in our words. */
        TRANSLATED,
        /** It says what holds here without it. */
        DEFAULT,
        /** Nobody wrote it: it is Barman's default and not ours, so it is written. */
        ADDED,
        /** It is an option of Barman that has no effect here. */
        NOT_SUPPORTED,
        /** It is no option of Barman. */
        UNKNOWN
    }

    /**
     * What becomes of one option.
     *
     * @param section of Barman's files
     * @param value as it holds there, with secrets masked
     * @param detail what it is here, or why it is nothing here; empty if there is nothing to say
     */
    public record Option(String section, String key, String value, Outcome outcome, String detail) {}

    /** What becomes of a file. */
    public enum Change {
        /** There was none. */
        CREATE,
        /** Lines are added at its end. */
        EXTEND,
        /** It said something else. */
        REPLACE,
        /** It says it already. */
        NONE
    }

    /**
     * A file of ours.
     *
     * @param path where it lies
     * @param change what becomes of it
     * @param lines what is written into it, with secrets masked
     */
    public record File(Path path, Change change, List<String> lines) {

        /** Keeps its own copy. */
        public File {
            lines = List.copyOf(lines);
        }
    }
}
