package org.matriarch.shell.internal.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.matriarch.api.access.Role;

/**
 * What a command is called, what it takes and how it is explained.
 *
 * @param exitCodes what each exit code means, in their order
 * @param role who may run it
 * @param exception for which words another role is enough, or needed; empty if there are none
 */
public record CommandSpec(
        String scope,
        String name,
        String description,
        List<Argument> arguments,
        List<Option> options,
        List<String> examples,
        SortedMap<Integer, String> exitCodes,
        Role role,
        String exception) {

    /** Keeps its own copies. */
    public CommandSpec {
        arguments = List.copyOf(arguments);
        options = List.copyOf(options);
        examples = List.copyOf(examples);
        exitCodes = Collections.unmodifiableSortedMap(new TreeMap<>(exitCodes));
    }

    /** Returns scope and name as a user types them. */
    public String fullName() {
        return scope + ":" + name;
    }

    /** Begins a description; {@code fullName} is scope and name. */
    public static Builder of(String fullName, String description) {
        return new Builder(fullName, description);
    }

    /** Collects the parts of a description. */
    public static final class Builder {

        private final String fullName;
        private final String description;
        private final List<Argument> arguments = new ArrayList<>();
        private final List<Option> options = new ArrayList<>();
        private final List<String> examples = new ArrayList<>();
        private final SortedMap<Integer, String> exitCodes = new TreeMap<>();
        private Role role = Role.ADMIN; // who says nothing opens nothing
        private String exception = "";

        private Builder(String fullName, String description) {
            this.fullName = fullName;
            this.description = description;
            exit(0, "done").exit(1, "the operation failed").exit(2, "wrong usage or configuration");
        }

        /** Who may run it. */
        public Builder role(Role needed) {
            this.role = needed;
            return this;
        }

        /** Who may run it, and how {@link ShellCommand#role} departs from that. */
        public Builder role(Role needed, String exceptFor) {
            this.exception = exceptFor;
            return role(needed);
        }

        /** One configured server. */
        public Builder server() {
            return argument("SERVER", "name of a configured server", Suggestions.SERVERS);
        }

        /** One or more servers, or all. */
        public Builder servers() {
            arguments.add(new Argument(
                    "SERVER", "names of configured servers, or all", true, true, Suggestions.SERVERS_OR_ALL));
            return this;
        }

        /** One backup of the server before it. */
        public Builder backup() {
            return argument(
                            "BACKUP",
                            "id or name of a backup, latest/last, oldest/first, latest-full or last-failed",
                            Suggestions.BACKUPS)
                    .exit(3, "BACKUP can be neither the id nor the name of a backup");
        }

        /** One more argument. */
        public Builder argument(String name, String text, Suggestions suggestions) {
            arguments.add(new Argument(name, text, true, false, suggestions));
            return this;
        }

        /** A last argument that may be left out. */
        public Builder optionalArgument(String name, String text, Suggestions suggestions) {
            arguments.add(new Argument(name, text, false, false, suggestions));
            return this;
        }

        /** An option without a value. */
        public Builder flag(String name, String text) {
            options.add(new Option(name, "", text, false, Suggestions.NONE));
            return this;
        }

        /** An option with a value. */
        public Builder option(String name, String value, String text) {
            return option(name, value, text, Suggestions.NONE);
        }

        /** An option with a value that can be completed. */
        public Builder option(String name, String value, String text, Suggestions suggestions) {
            options.add(new Option(name, value, text, false, suggestions));
            return this;
        }

        /** An option with a value that may be given several times. */
        public Builder repeatable(String name, String value, String text) {
            options.add(new Option(name, value, text, true, Suggestions.NONE));
            return this;
        }

        /** Switches of a command that waits for a job. */
        public Builder longRunning() {
            return flag("--no-progress", "show no progress")
                    .flag("--background", "print the number of the job and do not wait for it")
                    .exit(130, "cancelled by Ctrl-C");
        }

        /** A command line that shows the use. */
        public Builder example(String line) {
            examples.add(line);
            return this;
        }

        /** What an exit code means here; replaces what was said of it before. */
        public Builder exit(int code, String meaning) {
            exitCodes.put(code, meaning);
            return this;
        }

        /** Ends the description. Every command takes {@code --format} and {@code --help}. */
        public CommandSpec build() {
            option(
                    "--format",
                    "console|json",
                    "how the result is printed; console if not given",
                    Suggestions.choice("console", "json"));
            flag("--help", "print this help");
            int colon = fullName.indexOf(':');
            return new CommandSpec(
                    fullName.substring(0, colon),
                    fullName.substring(colon + 1),
                    description,
                    arguments,
                    options,
                    examples,
                    exitCodes,
                    role,
                    exception);
        }
    }
}
