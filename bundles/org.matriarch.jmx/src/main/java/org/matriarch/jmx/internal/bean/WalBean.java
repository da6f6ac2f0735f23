package org.matriarch.jmx.internal.bean;

import java.util.ArrayList;
import java.util.Optional;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.SimpleType;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.jmx.internal.open.Arguments;
import org.matriarch.jmx.internal.open.OpenBean;
import org.matriarch.jmx.internal.open.OpenFields;
import org.matriarch.jmx.internal.open.Param;

/** The WAL archive of a server. */
final class WalBean {

    private static final OpenFields<ServerStatus> ARCHIVE = OpenFields.<ServerStatus>of("WalArchive", "A WAL archive")
            .number("files", "archived", ServerStatus::walFiles)
            .number("bytes", "archived, as stored", ServerStatus::walBytes)
            .text("lastArchived", "the newest segment", ServerStatus::lastArchivedWal)
            .text("lastArchivedTime", "ISO 8601, UTC", ServerStatus::lastArchivedTime)
            .decimal("filesPerHour", "archived of late", ServerStatus::walFilesPerHour)
            .build();

    private static final Param FROM = Param.text("from", "the first file; empty for the first there is");
    private static final Param TO = Param.text("to", "the last file; empty for the last there is");

    private WalBean() {}

    static OpenBean of(String server, Services services, Snapshot<ServerStatus> status) {
        ArrayType<String[]> names = names();
        return OpenBean.describedAs("The WAL archive of the server '%s'".formatted(server))
                .attributes(ARCHIVE, status::get)
                .look(
                        "list",
                        "Returns the archived files",
                        Values.WAL.arrayType(),
                        arguments -> Values.WAL.show(
                                listing(services, server, arguments).entries()),
                        FROM,
                        TO)
                .look(
                        "findGaps",
                        "Returns what is missing between archived files",
                        Values.GAP.arrayType(),
                        arguments -> Values.GAP.show(
                                listing(services, server, arguments).gaps()),
                        FROM,
                        TO)
                .look(
                        "listWaiting",
                        "Returns the files that are here and not archived yet",
                        names,
                        arguments -> texts(listing(
                                        services,
                                        server,
                                        new WalFilter(Optional.empty(), Optional.empty(), Optional.empty()))
                                .waiting()))
                .look(
                        "checkRange",
                        "Returns the segments from one to another that are not archived",
                        names,
                        arguments -> texts(
                                services.walFiles().missing(server, name(arguments.text(0)), name(arguments.text(1)))),
                        Param.text("from", "the first segment"),
                        Param.text("to", "the last segment, of the same timeline"))
                .build();
    }

    private static WalListing listing(Services services, String server, Arguments arguments) {
        return listing(
                services,
                server,
                new WalFilter(
                        Optional.empty(),
                        arguments.findText(0).map(WalBean::name),
                        arguments.findText(1).map(WalBean::name)));
    }

    private static WalListing listing(Services services, String server, WalFilter filter) {
        return services.walFiles().list(server, filter);
    }

    private static String[] texts(Iterable<WalFileName> files) {
        var texts = new ArrayList<String>();
        files.forEach(file -> texts.add(file.value()));
        return texts.toArray(String[]::new);
    }

    private static WalFileName name(String text) {
        try {
            return new WalFileName(text);
        } catch (IllegalArgumentException e) {
            throw new MatriarchException(
                    ErrorCode.NAME_INVALID,
                    "'%s' is not the name of a WAL file".formatted(text),
                    "give 24 hexadecimal digits, as 000000010000000000000001.",
                    e);
        }
    }

    private static ArrayType<String[]> names() {
        try {
            return ArrayType.getArrayType(SimpleType.STRING);
        } catch (OpenDataException e) {
            throw new IllegalStateException(e);
        }
    }
}
