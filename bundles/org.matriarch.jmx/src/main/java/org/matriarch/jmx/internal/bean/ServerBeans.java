package org.matriarch.jmx.internal.bean;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.matriarch.api.model.Backup;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.jmx.internal.open.OpenBean;

/** The beans of one server, by their type. */
public final class ServerBeans {

    /** The type that tells the events of a server. */
    public static final String SERVER = "Server";

    private final Map<String, OpenBean> beans = new LinkedHashMap<>();
    private final Snapshot<ServerStatus> status;
    private final Snapshot<List<Backup>> backups;

    /** Makes them; what may not answer soon is asked on other threads. */
    public ServerBeans(String server, Services services, Executor threads) {
        status = new Snapshot<>(
                "the status of server '%s'".formatted(server),
                threads,
                () -> services.statuses().status(server));
        backups = new Snapshot<>(
                "the backups of server '%s'".formatted(server),
                threads,
                () -> services.catalog().backups(server));
        beans.put(SERVER, ServerBean.of(server, services, status));
        beans.put("Backups", BackupsBean.of(server, services, backups));
        beans.put("WalArchive", WalBean.of(server, services, status));
        beans.put("Receiver", ReceiverBean.of(server, services));
    }

    /** Returns the beans. */
    public Map<String, OpenBean> beans() {
        return beans;
    }

    /** Has everybody asked anew: something has happened. */
    public void expire() {
        status.expire();
        backups.expire();
    }
}
