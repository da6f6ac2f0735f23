package org.matriarch.transport.ssh.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.matriarch.spi.transport.CommandWords;

/**
 * What a user's {@code ssh_command} asks for. It is read as a shell reads it, as far as words and quotes go; nothing is ever
 * executed. Options as in ssh(1), their long forms as in ssh_config(5).
 *
 * @param user empty for the one of the configuration file, or else ours
 * @param options by name in lower case, the first of a name counts
 * @param identityFiles in order
 * @param configFile in place of {@code ~/.ssh/config}
 */
record SshCommand(
        String host,
        Optional<String> user,
        Map<String, String> options,
        List<String> identityFiles,
        Optional<String> configFile) {

    /** Options without a value that change nothing here, or that we have by nature. */
    private static final String WITHOUT_VALUE = "46aAkKnNqTvxX";

    private static final Map<Character, String> LONG_NAMES =
            Map.of('p', "port", 'l', "user", 'i', "identityfile", 'c', "ciphers", 'm', "macs");

    SshCommand {
        options = Map.copyOf(options);
        identityFiles = List.copyOf(identityFiles);
    }

    /**
     * Reads a command.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static SshCommand parse(String command) {
        List<String> words = CommandWords.split(command);
        if (!(words.get(0).equals("ssh") || words.get(0).endsWith("/ssh"))) {
            throw new IllegalArgumentException("it does not begin with 'ssh'");
        }
        return new Reader(words).read();
    }

    /** Returns the value of an option, whichever way it was given. */
    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /** Goes through the words. */
    private static final class Reader {

        private final List<String> words;
        private final Map<String, String> options = new LinkedHashMap<>();
        private final List<String> identityFiles = new ArrayList<>();
        private Optional<String> configFile = Optional.empty();
        private Optional<String> destination = Optional.empty();
        private int next = 1;

        Reader(List<String> words) {
            this.words = words;
        }

        SshCommand read() {
            while (next < words.size()) {
                String word = words.get(next);
                next++;
                if (word.startsWith("-") && word.length() > 1) {
                    readOptions(word);
                } else if (destination.isEmpty()) {
                    destination = Optional.of(word);
                } else {
                    throw new IllegalArgumentException("'%s' follows the host".formatted(word));
                }
            }
            String host = destination.orElseThrow(() -> new IllegalArgumentException("it names no host"));
            int at = host.lastIndexOf('@');
            if (at >= 0) {
                options.putIfAbsent("user", host.substring(0, at));
                host = host.substring(at + 1);
            }
            if (host.isEmpty() || host.contains("/")) {
                throw new IllegalArgumentException("'%s' is not the name of a host".formatted(host));
            }
            return new SshCommand(
                    host, Optional.ofNullable(options.remove("user")), options, identityFiles, configFile);
        }

        private void readOptions(String word) {
            for (int i = 1; i < word.length(); i++) {
                char letter = word.charAt(i);
                if (letter == 'C') {
                    options.putIfAbsent("compression", "yes");
                } else if (WITHOUT_VALUE.indexOf(letter) < 0) {
                    readValue(letter, word.substring(i + 1));
                    return;
                }
            }
        }

        private void readValue(char letter, String rest) {
            String value = rest.isEmpty() && next < words.size() ? words.get(next) : rest;
            next += rest.isEmpty() ? 1 : 0;
            if (value.isEmpty()) {
                throw new IllegalArgumentException("option '-%s' has no value".formatted(letter));
            }
            if (letter == 'F') {
                configFile = Optional.of(value);
            } else if (letter == 'o') {
                int end = value.indexOf('=') >= 0 ? value.indexOf('=') : value.indexOf(' ');
                if (end < 0) {
                    throw new IllegalArgumentException("'-o %s' has no value".formatted(value));
                }
                set(
                        value.substring(0, end).strip().toLowerCase(Locale.ROOT),
                        value.substring(end + 1).strip());
            } else {
                String name = Optional.ofNullable(LONG_NAMES.get(letter))
                        .orElseThrow(
                                () -> new IllegalArgumentException("option '-%s' is not supported".formatted(letter)));
                set(name, value);
            }
        }

        private void set(String name, String value) {
            if (name.equals("identityfile")) {
                identityFiles.add(value);
            } else {
                options.putIfAbsent(name, value);
            }
        }
    }
}
