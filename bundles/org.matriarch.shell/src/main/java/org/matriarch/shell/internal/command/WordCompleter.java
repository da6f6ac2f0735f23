package org.matriarch.shell.internal.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.matriarch.api.error.MatriarchException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the name, the options and the arguments of a command. */
final class WordCompleter implements Completer {

    private static final Logger LOG = LoggerFactory.getLogger(WordCompleter.class);

    private final CommandSpec spec;
    private final Services services;
    private final boolean scoped;

    WordCompleter(CommandSpec spec, Services services, boolean scoped) {
        this.spec = spec;
        this.services = services;
        this.scoped = scoped;
    }

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        var found = new ArrayList<Candidate>();
        completeCandidates(session, line, found);
        found.forEach(candidate -> candidates.add(candidate.value()));
        return candidates.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
    }

    @Override
    public void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
        int cursor = line.getCursorArgumentIndex();
        String[] words = line.getArguments();
        if (cursor == 0) {
            candidates.add(candidate(spec.name(), spec.description()));
            if (!scoped) {
                candidates.add(candidate(spec.fullName(), spec.description()));
            }
            return;
        }
        if (!session.resolveCommand(words[0]).equals(spec.fullName())) {
            return;
        }
        String begun = cursor < words.length ? words[cursor] : "";
        complete(List.of(Arrays.copyOfRange(words, 1, Math.min(cursor, words.length))), begun, candidates);
    }

    /** Adds what may follow the words before the cursor. */
    private void complete(List<String> before, String begun, List<Candidate> candidates) {
        String last = before.isEmpty() ? "" : before.get(before.size() - 1);
        Optional<Option> waiting = findOption(last).filter(option -> !option.isSwitch());
        List<String> arguments = argumentsOf(before);
        if (waiting.isPresent()) {
            suggest(waiting.get().suggestions(), arguments, candidates);
            return;
        }
        if (begun.startsWith("-")) {
            for (Option option : spec.options()) {
                if (option.repeatable() || !before.contains(option.name())) {
                    candidates.add(candidate(option.name(), option.description()));
                }
            }
            return;
        }
        int position = Math.min(arguments.size(), spec.arguments().size() - 1);
        if (position >= 0
                && (position == arguments.size()
                        || spec.arguments().get(position).many())) {
            suggest(spec.arguments().get(position).suggestions(), arguments, candidates);
        }
    }

    private List<String> argumentsOf(List<String> words) {
        var arguments = new ArrayList<String>();
        for (int index = 0; index < words.size(); index++) {
            String word = words.get(index);
            if (!word.startsWith("-")) {
                arguments.add(word);
            } else if (findOption(word).filter(option -> !option.isSwitch()).isPresent()) {
                index++;
            }
        }
        return arguments;
    }

    private Optional<Option> findOption(String name) {
        return spec.options().stream()
                .filter(option -> option.name().equals(name))
                .findFirst();
    }

    private void suggest(Suggestions suggestions, List<String> arguments, List<Candidate> candidates) {
        try {
            suggestions.of(services, arguments).forEach(word -> candidates.add(candidate(word, "")));
        } catch (MatriarchException e) {
            // An unknown server, or a core that is away: nothing to suggest, and no place to complain.
            LOG.debug("nothing to complete for {}", spec.fullName(), e);
        }
    }

    private static Candidate candidate(String word, String description) {
        String text = description.endsWith(".") ? description.substring(0, description.length() - 1) : description;
        return new Candidate(word, word, null, text.isEmpty() ? null : text, null, word, true);
    }
}
