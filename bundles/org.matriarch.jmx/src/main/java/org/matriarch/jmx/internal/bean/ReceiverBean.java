package org.matriarch.jmx.internal.bean;

import javax.management.openmbean.SimpleType;
import org.matriarch.api.access.Role;
import org.matriarch.jmx.internal.open.OpenBean;

/** The streaming receiver of a server's WAL. */
final class ReceiverBean {

    private ReceiverBean() {}

    static OpenBean of(String server, Services services) {
        return OpenBean.describedAs("The WAL receiver of the server '%s'".formatted(server))
                .attributes(Values.RECEIVER, () -> services.receivers().status(server))
                .act(
                        "start",
                        "Starts the receiver; it stays started across restarts",
                        Role.OPERATOR,
                        Values.RECEIVER.type(),
                        arguments -> Values.RECEIVER.show(services.receivers().start(server)))
                .act(
                        "stop",
                        "Stops the receiver, with what it has received on disk; it stays stopped across restarts",
                        Role.OPERATOR,
                        Values.RECEIVER.type(),
                        arguments -> Values.RECEIVER.show(services.receivers().stop(server)))
                .act(
                        "reset",
                        "Moves a stopped receiver to the server's position, giving up what lies between",
                        Role.ADMIN,
                        Values.RECEIVER.type(),
                        arguments -> Values.RECEIVER.show(services.receivers().reset(server)))
                .act(
                        "createSlot",
                        "Creates the configured replication slot; returns its name",
                        Role.OPERATOR,
                        SimpleType.STRING,
                        arguments -> services.receivers().createSlot(server))
                .act(
                        "dropSlot",
                        "Drops the configured replication slot; returns its name",
                        Role.ADMIN,
                        SimpleType.STRING,
                        arguments -> services.receivers().dropSlot(server))
                .build();
    }
}
