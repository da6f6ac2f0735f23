package org.matriarch.core.server.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * Sections of options, as Python's {@code configparser} reads them: names of options in lower case, comments on lines of
 * their own, values that go on in lines that are indented deeper, and of several values for an option the last. Values are
 * as they stand, before interpolation.
 */
final class IniFile {

    /** The section whose options all others have as well. */
    static final String DEFAULT = "DEFAULT";

    private static final Pattern SECTION = Pattern.compile("\\[([^]]+)].*");
    private static final Pattern OPTION = Pattern.compile("(.*?)\\s*[=:]\\s*(.*)");

    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();

    /** Returns the options of a section, in the order of the file; empty if there is no such section. */
    Map<String, String> section(String name) {
        return sections.getOrDefault(name, Map.of());
    }

    /** Returns the names of the sections, in the order of the files. */
    List<String> names() {
        return sections.keySet().stream().filter(name -> !name.equals(DEFAULT)).toList();
    }

    /**
     * Reads a file over what was read before.
     *
     * @throws MatriarchException {@code CONFIGURATION_INVALID} naming the line that Python would not take either
     */
    void read(String file, String text) {
        new Reading(file).read(text);
    }

    /** One file being read. */
    private final class Reading {

        private final String file;
        private @Nullable Map<String, String> section;
        private String option = "";
        private final List<String> value = new ArrayList<>();
        private int indent;

        Reading(String file) {
            this.file = file;
        }

        void read(String text) {
            int number = 0;
            for (String line : text.split("\r?\n", -1)) {
                number++;
                take(line, number);
            }
            end();
        }

        private void take(String line, int number) {
            String content = line.strip();
            if (content.startsWith("#") || content.startsWith(";")) {
                return;
            }
            int depth = line.length() - line.stripLeading().length();
            if (content.isEmpty() || (!option.isEmpty() && depth > indent)) {
                value.add(content); // an empty line may stand within a value
                return;
            }
            end();
            indent = depth;
            Matcher header = SECTION.matcher(content);
            if (header.matches()) {
                section = sections.computeIfAbsent(header.group(1), name -> new LinkedHashMap<>());
                return;
            }
            Matcher assignment = OPTION.matcher(content);
            if (section == null || !assignment.matches() || assignment.group(1).isEmpty()) {
                throw new MatriarchException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "unable to read '%s': line %d is neither a section nor NAME = VALUE in one"
                                .formatted(file, number),
                        "correct the line; Barman does not start with it either.");
            }
            option = assignment.group(1).toLowerCase(Locale.ROOT);
            value.add(assignment.group(2));
        }

        private void end() {
            if (section != null && !option.isEmpty()) {
                section.put(option, String.join("\n", value).stripTrailing());
            }
            option = "";
            value.clear();
        }
    }
}
