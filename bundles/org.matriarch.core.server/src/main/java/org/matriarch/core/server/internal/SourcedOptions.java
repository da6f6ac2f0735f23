package org.matriarch.core.server.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ConfiguredOption;
import org.matriarch.api.server.ConfiguredOption.Source;
import org.matriarch.api.server.ConfiguredOptions;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells where each value in force comes from, by looking into the files once more. */
@Component(service = ConfiguredOptions.class)
public final class SourcedOptions implements ConfiguredOptions {

    private final ConfiguredServers servers;

    /** Looks at the files of {@code servers}. */
    @Activate
    public SourcedOptions(@Reference ConfiguredServers servers) {
        this.servers = servers;
    }

    @Override
    public List<ConfiguredOption> options(String name) {
        Configurations now = servers.now();
        var moment = new Moment(now, name, ConfiguredServers.require(now, name));
        return Options.ALL.stream().map(moment::option).toList();
    }

    /** What is in force of a server at one moment. */
    private record Moment(Configurations now, String name, Configurations.Server server) {

        ConfiguredOption option(Option<?> option) {
            Source source = source(option);
            return new ConfiguredOption(
                    option.name(), Secrets.mask(text(option)), source, file(option, source), refused(option));
        }

        private String text(Option<?> option) {
            if (option.equals(Options.MATRIARCH_HOME)) {
                return String.valueOf(server.configuration().home().getParent());
            }
            if (option.global()) {
                return isSet(now.global(), option)
                        ? now.global().getOrDefault(option.name(), "")
                        : option.defaultText();
            }
            return server.texts().getOrDefault(option.name(), "");
        }

        private Source source(Option<?> option) {
            if (isFrozen(option)) {
                return text(option).equals(option.defaultText()) ? Source.DEFAULT : Source.LAST_GOOD;
            }
            if (!option.global() && server.file().values().containsKey(option.name())) {
                return isSet(server.file().values(), option) ? Source.SERVER_FILE : Source.DEFAULT;
            }
            if (!isSet(now.global(), option)) {
                return Source.DEFAULT;
            }
            return now.problems().containsKey("") ? Source.LAST_GOOD : Source.GLOBAL_FILE;
        }

        private String file(Option<?> option, Source source) {
            return switch (source) {
                case DEFAULT -> "";
                case SERVER_FILE -> server.file().file();
                case GLOBAL_FILE -> ConfiguredServers.GLOBAL_FILE;
                case LAST_GOOD -> isFrozen(option) ? refusedFile() : ConfiguredServers.GLOBAL_FILE;
            };
        }

        /** While a server's file is refused, nothing changes for the server; how long checks take concerns all. */
        private boolean isFrozen(Option<?> option) {
            return isOwnRefused() && !option.equals(Options.CHECK_TIMEOUT);
        }

        private boolean isOwnRefused() {
            return now.problems().containsKey(name);
        }

        private String refusedFile() {
            return problems(name).map(ConfigurationProblem::file).findFirst().orElse("");
        }

        /** What the server's file says goes before what all servers' says. */
        private Optional<ConfigurationProblem> refused(Option<?> option) {
            return Stream.concat(problems(name), problems(""))
                    .filter(problem -> problem.key().equals(option.name()))
                    .findFirst();
        }

        private Stream<ConfigurationProblem> problems(String key) {
            return now.problems().getOrDefault(key, List.of()).stream();
        }

        private static boolean isSet(Map<String, String> texts, Option<?> option) {
            return !texts.getOrDefault(option.name(), "").isEmpty();
        }
    }
}
