package org.matriarch.core.server.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.matriarch.api.server.ConfigurationProblem;

/** Says what is wrong with a configuration file. Pure: the same text gives the same answer. */
final class Judgement {

    private static final Pattern SERVER_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Set<String> RESERVED = Set.of("all", "matriarch");
    /** Felix leaves what it cannot look up as it stands; it may be part of a longer value. */
    private static final Pattern UNSET = Pattern.compile("\\$\\[((?:env|prop|secret):[^];]*)[^]]*]");

    private static final Pattern SECRET_KEY = Pattern.compile("(?i).*(pass|secret|token|credential).*");

    private Judgement() {}

    /** Returns what is wrong with the global file, in the order of its keys. */
    static List<ConfigurationProblem> ofGlobal(ConfigurationText text) {
        return values(text, true);
    }

    /** Returns what is wrong with a server's file, in the order of its keys. */
    static List<ConfigurationProblem> ofServer(String name, ConfigurationText text, Map<String, String> global) {
        var problems = new ArrayList<ConfigurationProblem>();
        if (!SERVER_NAME.matcher(name).matches()) {
            problems.add(new ConfigurationProblem(
                    text.file(), "", name, "a server's name is made of letters, digits, '_', '.' and '-'"));
        } else if (RESERVED.contains(name)) {
            problems.add(new ConfigurationProblem(text.file(), "", name, "the name is reserved; rename the file"));
        }
        problems.addAll(values(text, false));
        if (text.values().getOrDefault("conninfo", "").isEmpty()
                && (text.values().containsKey("conninfo")
                        || global.getOrDefault("conninfo", "").isEmpty())) {
            problems.add(problem(
                    text,
                    "conninfo",
                    "is required; allowed is " + Options.CONNINFO.type().allowed()));
        }
        return List.copyOf(problems);
    }

    /**
     * Returns the text in force of each option of a server: its own, or the global one, or the default. An empty value in
     * the server's file means the default, whatever the global file says.
     */
    static Map<String, String> effective(Map<String, String> server, Map<String, String> global) {
        var effective = new LinkedHashMap<String, String>();
        for (Option<?> option : Options.ofServers()) {
            String text = server.containsKey(option.name())
                    ? server.getOrDefault(option.name(), "")
                    : global.getOrDefault(option.name(), "");
            effective.put(option.name(), text.isEmpty() ? option.defaultText() : text);
        }
        return effective;
    }

    /** Returns whether a server may be called so; such a name is also safe as the name of a file. */
    static boolean isServerName(String name) {
        return SERVER_NAME.matcher(name).matches() && !RESERVED.contains(name);
    }

    /** Returns a problem in one line. */
    static String line(ConfigurationProblem problem) {
        return problem.key().isEmpty()
                ? "'%s' in '%s': %s".formatted(problem.value(), problem.file(), problem.reason())
                : "%s = '%s' in '%s' %s".formatted(problem.key(), problem.value(), problem.file(), problem.reason());
    }

    private static List<ConfigurationProblem> values(ConfigurationText text, boolean inGlobal) {
        var problems = new ArrayList<ConfigurationProblem>();
        text.values().forEach((key, value) -> {
            Optional<Option<?>> option = Options.find(key);
            if (option.isEmpty()) {
                problems.add(problem(text, key, Options.whyUnknown(key)));
            } else if (option.get().global() && !inGlobal) {
                problems.add(problem(text, key, "stands in org.matriarch.cfg only"));
            } else if (UNSET.matcher(value).find()) {
                problems.add(problem(text, key, whyUnset(value)));
            } else if (!option.get().allows(value)) {
                problems.add(problem(text, key, whyRefused(option.get().type(), value)));
            }
        });
        return List.copyOf(problems);
    }

    private static String whyRefused(OptionType<?> type, String value) {
        String fault = type.fault().apply(value);
        return "is not allowed%s; allowed is %s".formatted(fault.isEmpty() ? "" : ": " + fault, type.allowed());
    }

    private static String whyUnset(String value) {
        String names = UNSET.matcher(value)
                .results()
                .map(unset -> "'$[%s]'".formatted(unset.group(1)))
                .distinct()
                .collect(Collectors.joining(", "));
        return "needs %s, which the container does not have; set it where the container is started".formatted(names);
    }

    private static ConfigurationProblem problem(ConfigurationText text, String key, String reason) {
        String value = text.values().getOrDefault(key, "");
        String shown = SECRET_KEY.matcher(key).matches() ? "***" : Secrets.mask(value);
        return new ConfigurationProblem(text.file(), key, shown, reason);
    }
}
