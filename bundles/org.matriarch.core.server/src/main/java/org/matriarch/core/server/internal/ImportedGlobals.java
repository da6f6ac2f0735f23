package org.matriarch.core.server.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.matriarch.api.server.BarmanImportReport.Option;
import org.matriarch.api.server.BarmanImportReport.Outcome;

/**
 * The section of Barman's that holds for all servers, option by option.
 *
 * @param texts what our global file has to say, by key
 * @param said the same and what Barman's says although it holds without, by key
 * @param ofEachServer options, as they stand, that differ from server to server, so that each server's file has to say them
 * @param options what becomes of each option
 * @param faults why a value cannot be imported, by key
 */
record ImportedGlobals(
        Map<String, String> texts,
        Map<String, String> said,
        Map<String, String> ofEachServer,
        List<Option> options,
        Map<String, String> faults) {

    static ImportedGlobals of(BarmanFiles files) {
        var globals = new ImportedGlobals(
                new TreeMap<>(), new TreeMap<>(), new LinkedHashMap<>(), new ArrayList<>(), new TreeMap<>());
        files.section(BarmanFiles.GLOBAL).forEach((key, raw) -> globals.take(files, key, raw));
        return globals;
    }

    private void take(BarmanFiles files, String key, String raw) {
        Optional<String> value = files.global(key);
        if (key.equals(BarmanFiles.INCLUDES)) {
            int count = files.included().size();
            add(key, value.orElse(raw), Outcome.TRANSLATED, "%s read".formatted(Words.count(count, "file")));
        } else if (value.isEmpty()) {
            ofEachServer.put(key, raw);
            add(key, raw, Outcome.TRANSLATED, "differs from server to server, so each server's file says it");
        } else if (key.equals(BarmanFiles.HOME)) {
            add(key, value.get(), Outcome.TRANSLATED, Options.MATRIARCH_HOME.name());
        } else {
            translate(key, value.get());
        }
    }

    private void translate(String key, String value) {
        BarmanTranslation translation = BarmanTranslation.of(key, value);
        add(key, value, translation.outcome(), translation.detail());
        if (!translation.fault().isEmpty()) {
            faults.put(key, translation.fault());
        }
        if (key.equals("primary_ssh_command") && !value.isEmpty()) {
            faults.put(key, "makes servers passive nodes, and there are none yet");
        }
        translation.value().filter(text -> !text.isEmpty()).ifPresent(text -> {
            said.put(key, text);
            if (translation.outcome() != Outcome.DEFAULT) {
                texts.put(key, text);
            }
        });
    }

    private void add(String key, String value, Outcome outcome, String detail) {
        options.add(new Option(BarmanFiles.GLOBAL, key, Secrets.mask(value), outcome, Secrets.mask(detail)));
    }
}
