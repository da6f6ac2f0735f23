package org.matriarch.http.internal;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.http.internal.wal.WalHttpDoor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether the doors are as their file says; silent if they are. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=560")
public final class DoorsCheck implements ServerCheck {

    private final HttpDoor commands;
    private final WalHttpDoor wal;

    /** Looks at both doors. */
    @Activate
    public DoorsCheck(@Reference HttpDoor commands, @Reference WalHttpDoor wal) {
        this.commands = commands;
        this.wal = wal;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        return Stream.of(commands.refused(), wal.refused())
                .flatMap(Optional::stream)
                .map(reason -> new CheckResult(
                        "door settings",
                        Outcome.FAILED,
                        "'%s' is refused, and what was in force before stays so: %s".formatted(HttpKeys.FILE, reason),
                        "correct the file; it is read again as soon as it is saved."))
                .toList();
    }
}
