package org.matriarch.shell.internal.wal;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;
import org.matriarch.shell.internal.output.Text;

/** Lists the WAL archive of a server with its gaps. */
final class WalListCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("wal:list", "Lists the archived WAL files of a server; gaps are shown where they are.")
                .role(Role.VIEWER)
                .server()
                .option("--timeline", "N", "only this timeline")
                .option("--from", "WAL", "from this file on")
                .option("--to", "WAL", "up to this file")
                .example("wal:list main")
                .example("wal:list main --timeline 2 --format json")
                .exit(3, "WAL is not the name of a WAL file")
                .build();
    }

    @Override
    public int run(Invocation call) {
        String server = call.words().argument(0);
        Optional<Integer> timeline = call.words().number("--timeline", 1, Integer.MAX_VALUE);
        var filter = new WalFilter(
                timeline,
                call.words().value("--from").map(WalName::require),
                call.words().value("--to").map(WalName::require));
        WalListing listing = call.services().walFiles().list(server, filter);
        if (call.words().json()) {
            Json.print(call.console(), document(server, listing));
        } else {
            print(call, listing);
        }
        return 0;
    }

    private static void print(Invocation call, WalListing listing) {
        var table = new Table("WAL", ">STORED", "ARCHIVED", "COMPRESSION");
        // Both are in the order of names, and a gap is between two files: one pass, however many there are.
        var gaps = new ArrayDeque<>(listing.gaps());
        for (WalEntry entry : listing.entries()) {
            while (!gaps.isEmpty() && gaps.element().first().compareTo(entry.name()) < 0) {
                WalListing.Gap gap = gaps.remove();
                table.row(gap.first(), "-", "GAP of " + Text.count(gap.segments(), "segment"), "-");
            }
            table.row(
                    entry.name(),
                    Text.size(entry.storedBytes()),
                    Text.time(entry.archived()),
                    entry.compression().orElse("-"));
        }
        for (WalFileName name : listing.waiting()) {
            table.row(name, "-", "waits to be archived", "-");
        }
        table.print(call.console(), "no WAL is archived here");
    }

    private static Map<String, @Nullable Object> document(String server, WalListing listing) {
        return new Json()
                .add("server", server)
                .add(
                        "files",
                        listing.entries().stream()
                                .map(entry -> new Json()
                                        .add("name", entry.name())
                                        .add("storedBytes", entry.storedBytes())
                                        .add("archived", entry.archived())
                                        .add("compression", entry.compression())
                                        .build())
                                .toList())
                .add(
                        "gaps",
                        listing.gaps().stream()
                                .map(gap -> new Json()
                                        .add("first", gap.first())
                                        .add("last", gap.last())
                                        .add("segments", gap.segments())
                                        .build())
                                .toList())
                .add(
                        "waiting",
                        listing.waiting().stream().map(WalFileName::value).toList())
                .build();
    }
}
