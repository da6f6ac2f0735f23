package org.matriarch.transport.rsync.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of an rsync. */
record RsyncVersion(int major, int minor, String text) {

    static final String PROGRAM = "rsync";

    /** Older ones take a file that vanished for an error. */
    static final String OLDEST = "3.1";

    private static final Pattern FIRST_LINE = Pattern.compile("rsync +version v?((\\d+)\\.(\\d+)\\S*) .*");

    private static final int NOT_FOUND = 127;

    /** Returns the version of the rsync that runs here. */
    static RsyncVersion requireHere(Programs programs) throws IOException {
        var lines = new ArrayList<String>();
        Ended ended = programs.run(List.of(PROGRAM, "--version"), List.of(), lines::add);
        if (ended.code() == NOT_FOUND) {
            throw Failures.missingHere();
        }
        RsyncVersion version = of(lines)
                .orElseThrow(() -> Failures.unusableHere(
                        String.join(" ", lines.stream().limit(1).toList())));
        if (!version.suffices()) {
            throw Failures.unusableHere(version.text());
        }
        return version;
    }

    /** Reads what {@code rsync --version} prints. */
    static Optional<RsyncVersion> of(List<String> lines) {
        Matcher first = FIRST_LINE.matcher(lines.isEmpty() ? "" : lines.get(0));
        return first.matches()
                ? Optional.of(new RsyncVersion(
                        Integer.parseInt(first.group(2)), Integer.parseInt(first.group(3)), first.group(1)))
                : Optional.empty();
    }

    /** Returns whether it can do what we ask for. */
    boolean suffices() {
        return major > 3 || (major == 3 && minor >= 1);
    }
}
