package org.matriarch.shell.internal.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sorts the words of a call into arguments and options, which may stand in any order. What follows {@code --} is an
 * argument whatever it looks like.
 */
final class WordParser {

    private final CommandSpec spec;
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();

    private WordParser(CommandSpec spec) {
        this.spec = spec;
    }

    /** Returns the words sorted, or refuses them with a {@link UsageException}. */
    static Words parse(CommandSpec spec, List<String> words) {
        var parser = new WordParser(spec);
        parser.sort(words);
        if (!parser.options.containsKey("--help")) {
            parser.checkNumberOfArguments();
        }
        return new Words(spec, parser.arguments, parser.options);
    }

    private void sort(List<String> words) {
        int index = 0;
        while (index < words.size()) {
            String word = words.get(index++);
            if (word.equals("--")) {
                arguments.addAll(words.subList(index, words.size()));
                return;
            }
            if (!word.startsWith("-") || word.equals("-")) {
                arguments.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            Option option = requireOption(name);
            if (option.isSwitch()) {
                if (equals >= 0) {
                    throw usage("option '%s' takes no value".formatted(name));
                }
                add(option, "");
            } else if (equals >= 0) {
                add(option, word.substring(equals + 1));
            } else if (index < words.size()) {
                add(option, words.get(index++));
            } else {
                throw usage("option '%s' needs a value: %s".formatted(name, option.value()));
            }
        }
    }

    private void add(Option option, String value) {
        List<String> values = options.computeIfAbsent(option.name(), name -> new ArrayList<>());
        if (!values.isEmpty() && !option.repeatable() && !option.isSwitch()) {
            throw usage("option '%s' is given more than once".formatted(option.name()));
        }
        values.add(value);
    }

    private Option requireOption(String name) {
        for (Option option : spec.options()) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        List<String> names = spec.options().stream().map(Option::name).toList();
        Optional<String> nearest = NearestWord.find(name, names);
        throw new UsageException(
                "unknown option '%s' of %s".formatted(name, spec.fullName()),
                nearest.map("did you mean %s?"::formatted)
                        .orElse("run %s --help to see its options.".formatted(spec.fullName())));
    }

    private void checkNumberOfArguments() {
        List<Argument> expected = spec.arguments();
        if (arguments.size() < expected.size() && expected.get(arguments.size()).required()) {
            throw usage("%s is missing".formatted(expected.get(arguments.size()).name()));
        }
        boolean many = !expected.isEmpty() && expected.get(expected.size() - 1).many();
        if (arguments.size() > expected.size() && !many) {
            throw usage("'%s' is one argument too many".formatted(arguments.get(expected.size())));
        }
    }

    private UsageException usage(String summary) {
        return new UsageException(summary, "run %s --help to see its use.".formatted(spec.fullName()));
    }
}
