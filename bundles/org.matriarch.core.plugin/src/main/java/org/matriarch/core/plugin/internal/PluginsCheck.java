package org.matriarch.core.plugin.internal;

import java.util.ArrayList;
import java.util.List;
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
        var results = new ArrayList<CheckResult>();
        String compression = server.repository().compression();
        results.add(
                compression.equals(NONE)
                        ? new CheckResult("compression settings", Outcome.OK, NONE, "")
                        : judge("compression settings", InstalledPlugins.COMPRESSOR, compression));
        if (!server.hooks().commands().isEmpty()) {
            results.add(judge("hook settings", InstalledPlugins.HOOK_RUNNER, InstalledPlugins.SCRIPTS));
        }
        return List.copyOf(results);
    }

    private CheckResult judge(String name, String kind, String id) {
        boolean installed = plugins.plugins().stream()
                .anyMatch(plugin -> plugin.kind().equals(kind)
                        && plugin.id().equals(id)
                        && !plugin.state().equals(InstalledPlugins.MISSING));
        return installed
                ? new CheckResult(name, Outcome.OK, id, "")
                : new CheckResult(
                        name,
                        Outcome.FAILED,
                        "%s '%s' is not installed".formatted(kind, id),
                        "see plugin:list; install the bundle that brings it, or correct the option.");
    }
}
