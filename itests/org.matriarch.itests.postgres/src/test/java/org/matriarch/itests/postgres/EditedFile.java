package org.matriarch.itests.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A file of etc/ that somebody edits again and again: some lines stay, others change, and now and then there is a mistake. */
final class EditedFile {

    private final Container container;
    private final String name;
    private final Map<String, String> fixed;
    private final Map<String, List<String>> choices;
    private final Map<String, String> mistakes;
    private Map<String, String> written = Map.of();
    private String mistake = "";

    /**
     * Describes a file without writing it.
     *
     * @param choices what a key that may be there, or not, may say
     * @param mistakes keys with something that is wrong with them
     */
    EditedFile(
            Container container,
            String name,
            Map<String, String> fixed,
            Map<String, List<String>> choices,
            Map<String, String> mistakes) {
        this.container = container;
        this.name = name;
        this.fixed = new TreeMap<>(fixed);
        this.choices = new TreeMap<>(choices); // so that the same seed means the same edits
        this.mistakes = new TreeMap<>(mistakes);
    }

    /** Writes the file anew, at random. */
    void edit(Random random, boolean broken) {
        var text = new LinkedHashMap<>(fixed);
        choices.forEach((key, values) -> {
            if (random.nextInt(3) > 0) {
                text.put(key, values.get(random.nextInt(values.size())));
            }
        });
        mistake = "";
        if (broken) {
            List<String> keys = List.copyOf(mistakes.keySet());
            mistake = keys.get(random.nextInt(keys.size()));
            text.put(mistake, mistakes.getOrDefault(mistake, ""));
        }
        written = text;
        container.configure(
                name,
                text.entrySet().stream()
                        .map(line -> "%s = %s%n".formatted(line.getKey(), line.getValue()))
                        .collect(Collectors.joining()));
    }

    String name() {
        return name;
    }

    /** Returns what the file says. */
    Map<String, String> written() {
        return written;
    }

    /** Returns the key that the file is to be refused for; empty if it is good. */
    String mistake() {
        return mistake;
    }
}
