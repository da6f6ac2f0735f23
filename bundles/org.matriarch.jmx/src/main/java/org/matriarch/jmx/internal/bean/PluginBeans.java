package org.matriarch.jmx.internal.bean;

import javax.management.openmbean.TabularType;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.jmx.internal.open.OpenBean;

/** All plugins together, and each by itself. */
public final class PluginBeans {

    private PluginBeans() {}

    /** Returns the bean of all plugins. */
    public static OpenBean all(Services services) {
        TabularType table = Values.PLUGIN.tableType("kind", "id");
        return OpenBean.describedAs("The plugins that are installed, or missed")
                .attribute(
                        "Plugins",
                        "all of them",
                        table,
                        () -> Values.PLUGIN.table(table, services.plugins().plugins()))
                .build();
    }

    /** Returns the bean of one plugin. */
    public static OpenBean one(Services services, PluginInfo plugin) {
        return OpenBean.describedAs("The %s '%s'".formatted(plugin.kind(), plugin.id()))
                .attributes(Values.PLUGIN, () -> require(services, plugin))
                .build();
    }

    private static PluginInfo require(Services services, PluginInfo plugin) {
        return services.plugins().plugins().stream()
                .filter(known ->
                        known.kind().equals(plugin.kind()) && known.id().equals(plugin.id()))
                .findFirst()
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.PLUGIN_MISSING,
                        "the %s '%s' is gone".formatted(plugin.kind(), plugin.id()),
                        "see plugin:list."));
    }
}
