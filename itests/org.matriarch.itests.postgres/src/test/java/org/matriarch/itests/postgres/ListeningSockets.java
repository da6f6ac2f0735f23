package org.matriarch.itests.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a process listens, as the kernel says. */
final class ListeningSockets {

    private static final String LISTENING = "0A";
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    /** 127.0.0.1, ::1 and 127.0.0.1 as an IPv6 address, in the kernel's byte order. */
    private static final Set<String> LOOPBACK =
            Set.of("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F");

    private ListeningSockets() {}

    /** Returns the addresses that others than this machine can reach, in the kernel's hexadecimal digits. */
    static List<String> beyondLoopback(long pid) {
        return addresses(pid).stream()
                .filter(address -> !LOOPBACK.contains(address.substring(0, address.indexOf(':'))))
                .toList();
    }

    /** Returns all addresses. */
    static List<String> addresses(long pid) {
        Path process = Path.of("/proc", String.valueOf(pid));
        Set<String> sockets = sockets(process.resolve("fd"));
        var addresses = new ArrayList<String>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            try {
                for (String line : Files.readAllLines(process.resolve(table))) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns.length > 9 && columns[3].equals(LISTENING) && sockets.contains(columns[9])) {
                        addresses.add(columns[1]);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return addresses;
    }

    private static Set<String> sockets(Path descriptors) {
        var sockets = new HashSet<String>();
        try (Stream<Path> links = Files.list(descriptors)) {
            for (Path link : links.toList()) {
                Matcher socket = SOCKET.matcher(target(link));
                if (socket.matches()) {
                    sockets.add(socket.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sockets;
    }

    private static String target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed meanwhile
        }
    }
}
