package org.matriarch.shell.internal.command;

import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.job.Job;
import org.matriarch.api.server.ServerConfiguration;

/** Finds the words that could stand at a place of a command line. */
@FunctionalInterface
public interface Suggestions {

    /** Nothing can be guessed. */
    Suggestions NONE = (services, words) -> List.of();

    /** Names of configured servers. */
    Suggestions SERVERS = (services, words) ->
            services.servers().servers().stream().map(ServerConfiguration::name).toList();

    /** Names of configured servers, and {@code all}. */
    Suggestions SERVERS_OR_ALL = (services, words) -> {
        var names = new ArrayList<>(SERVERS.of(services, words));
        names.add("all");
        return names;
    };

    /** Ids of the backups of the server that the first word names, newest first, and the shortcuts. */
    Suggestions BACKUPS = (services, words) -> {
        var names = new ArrayList<String>();
        if (!words.isEmpty()) {
            services.catalog()
                    .backups(words.get(0))
                    .forEach(backup -> names.add(0, backup.id().value()));
        }
        names.addAll(List.of("latest", "last", "oldest", "first", "latest-full", "last-failed"));
        return names;
    };

    /** The same, and {@code auto}. */
    Suggestions BACKUPS_OR_AUTO = (services, words) -> {
        var names = new ArrayList<>(BACKUPS.of(services, words));
        names.add("auto");
        return names;
    };

    /** Numbers of jobs. */
    Suggestions JOBS = (services, words) ->
            services.jobs().jobs().stream().map(Job::id).map(String::valueOf).toList();

    /** Numbers of jobs that have not ended. */
    Suggestions RUNNING_JOBS = (services, words) -> services.jobs().jobs().stream()
            .filter(job -> !job.state().isEnded())
            .map(job -> String.valueOf(job.id()))
            .toList();

    /** Returns the words for the place after these arguments. */
    List<String> of(Services services, List<String> words);

    /** Returns one of a few fixed words. */
    static Suggestions choice(String... values) {
        List<String> fixed = List.of(values);
        return (services, words) -> fixed;
    }
}
