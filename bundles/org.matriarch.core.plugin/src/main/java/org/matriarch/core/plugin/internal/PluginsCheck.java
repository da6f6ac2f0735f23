package org.matriarch.core.plugin.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether what the options name is installed, as far as nothing else that is checked would stumble over it. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=550")
public final class PluginsCheck implements ServerCheck {

    private static final String NONE = "none";

    private final Plugins plugins;

    /** Takes the list to look into. */
    @Activate
    public PluginsCheck(@Reference Plugins plugins) {
        this.plugins = plugins;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        List<PluginInfo> all = plugins.plugins();
        var results = new ArrayList<CheckResult>();
        String compression = server.repository().compression();
        Optional<PluginInfo> compressor = find(all, InstalledPlugins.COMPRESSOR, compression);
        results.add(
                compression.equals(NONE)
                        ? new CheckResult("compression settings", Outcome.OK, NONE, "")
                        : judge("compression settings", InstalledPlugins.COMPRESSOR, compression, compressor));
        if (!server.hooks().commands().isEmpty()) {
            results.add(judge(
                    "hook settings",
                    InstalledPlugins.HOOK_RUNNER,
                    InstalledPlugins.SCRIPTS,
                    find(all, InstalledPlugins.HOOK_RUNNER, InstalledPlugins.SCRIPTS)));
        }
        // Whoever uses it: what others are told to do is not done, and what a compressor wrote may have to be read.
        all.stream()
                .filter(plugin ->
                        !isUnfit(plugin) && compressor.filter(plugin::equals).isEmpty())
                .flatMap(plugin -> plugin.problem().stream())
                .forEach(problem -> results.add(refused("plugin settings", problem)));
        return List.copyOf(results);
    }

    private static CheckResult judge(String name, String kind, String id, Optional<PluginInfo> plugin) {
        return plugin.flatMap(PluginInfo::problem)
                .map(problem -> refused(name, problem))
                .orElseGet(() -> plugin.isPresent()
                        ? new CheckResult(name, Outcome.OK, id, "")
                        : new CheckResult(
                                name,
                                Outcome.FAILED,
                                "%s '%s' is not installed".formatted(kind, id),
                                "see plugin:list; install the bundle that brings it, or correct the option."));
    }

    private static Optional<PluginInfo> find(List<PluginInfo> all, String kind, String id) {
        return all.stream()
                .filter(plugin -> plugin.kind().equals(kind)
                        && plugin.id().equals(id)
                        && !plugin.state().equals(InstalledPlugins.MISSING))
                .findFirst();
    }

    /** It concerns no server that a bundle of somebody else's was made for another version of us. */
    private static boolean isUnfit(PluginInfo plugin) {
        return plugin.id().equals("-");
    }

    private static CheckResult refused(String name, String problem) {
        return new CheckResult(
                name, Outcome.FAILED, problem, "correct the file; it is read again as soon as it is saved.");
    }
}
