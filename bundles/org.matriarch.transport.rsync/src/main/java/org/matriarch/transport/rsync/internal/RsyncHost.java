package org.matriarch.transport.rsync.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.matriarch.spi.transport.CommandWords;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.TransportException;

/**
 * A host and the program that leads to it, from the user's {@code ssh_command}. Any program that takes a host and a command
 * will do; what we add to the options of {@code ssh} only keeps it from asking and from waiting for ever.
 *
 * @param name of the host, for messages
 * @param user such as {@code postgres@}; empty for the program's choice
 * @param shell the words of the command without the host
 * @param compress whether to compress on the way
 */
record RsyncHost(String name, String user, List<String> shell, boolean compress) {

    /** Options of ssh(1) that are followed by a value. */
    private static final String WITH_VALUE = "BbcDEeFIiJLlmOoPpQRSWw";

    /** Options of ssh(1) that leave no way for data. */
    private static final String UNUSABLE = "fGnNsVW";

    /** Added where the user has not said otherwise. Source: ssh_config(5). */
    private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.of(
            "BatchMode", "yes",
            "ConnectTimeout", "30",
            "ServerAliveInterval", "20",
            "ServerAliveCountMax", "3"));

    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w@%+=:,./~-]+");

    RsyncHost {
        shell = List.copyOf(shell);
    }

    /** Reads what was configured. */
    static RsyncHost of(CopyHost host) throws TransportException {
        try {
            return parse(host.sshCommand(), host.compress());
        } catch (IllegalArgumentException e) {
            throw Failures.ofCommand(host.sshCommand(), e);
        }
    }

    private static RsyncHost parse(String command, boolean compress) {
        var words = new ArrayList<>(CommandWords.split(command));
        boolean ssh = words.get(0).equals("ssh") || words.get(0).endsWith("/ssh");
        var given = new HashSet<String>();
        int at = ssh ? destination(words, given) : words.size() - 1;
        if (at < 1) {
            throw new IllegalArgumentException("it names no host");
        }
        String destination = words.remove(at);
        if (ssh) {
            DEFAULTS.forEach((option, value) -> {
                if (!given.contains(option.toLowerCase(Locale.ROOT))) {
                    words.addAll(List.of("-o", "%s=%s".formatted(option, value)));
                }
            });
        }
        int user = destination.lastIndexOf('@') + 1;
        String name = destination.substring(user);
        if (name.isEmpty() || name.startsWith("-") || name.contains("/")) {
            throw new IllegalArgumentException("'%s' is not the name of a host".formatted(name));
        }
        return new RsyncHost(name, destination.substring(0, user), words, compress);
    }

    /** Returns the position of the host, or -1, and notes the options of ssh_config(5) that are given. */
    private static int destination(List<String> words, Set<String> given) {
        int found = -1;
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("-") && word.length() > 1) {
                i += readOptions(word, i + 1 < words.size() ? words.get(i + 1) : "", given);
            } else if (found < 0) {
                found = i;
            } else {
                throw new IllegalArgumentException("'%s' follows the host".formatted(word));
            }
        }
        return found;
    }

    /** Returns how many of the next words belong to an option. */
    private static int readOptions(String word, String next, Set<String> given) {
        for (int i = 1; i < word.length(); i++) {
            char letter = word.charAt(i);
            if (UNUSABLE.indexOf(letter) >= 0) {
                throw new IllegalArgumentException("with option '-%s' nothing can be copied".formatted(letter));
            }
            if (WITH_VALUE.indexOf(letter) >= 0) {
                String rest = word.substring(i + 1);
                if (letter == 'o') {
                    String option = rest.isEmpty() ? next : rest;
                    given.add(option.split("[= ]", 2)[0].strip().toLowerCase(Locale.ROOT));
                }
                return rest.isEmpty() ? 1 : 0;
            }
        }
        return 0;
    }

    /** Returns where rsync copies from: what exactly is said in a list of names, which no shell reads. */
    String root() {
        return user + (name.contains(":") ? "[%s]".formatted(name) : name) + ":/";
    }

    /** Returns the program as rsync wants it: it knows quotes, doubled where they are meant, but no backslashes. */
    String remoteShell() {
        return shell.stream()
                .map(word -> PLAIN_WORD.matcher(word).matches() ? word : "'%s'".formatted(word.replace("'", "''")))
                .collect(Collectors.joining(" "));
    }

    /** Returns a command that runs another on the host, whose shell reads it. */
    List<String> command(String remote) {
        var words = new ArrayList<>(shell);
        words.add(user + name);
        words.add(remote);
        return words;
    }
}
