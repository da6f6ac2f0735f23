package org.matriarch.storage.file.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.configuration.LastGood;

/**
 * The configuration of a store in force.
 *
 * <p>It is read from the raw properties: a value of the wrong type would otherwise end the component before it could keep
 * its last good one.
 */
record StoreSettings(String id, Path root, long reserveBytes) {

    private static final long DEFAULT_RESERVE_MEBIBYTES = 64;
    private static final List<String> KEYS = List.of("matriarch.store.id", "directory", "reserve_mebibytes");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** Reads and checks a configuration; a refusal names the key, the value and the reason. */
    static StoreSettings of(Map<String, ?> properties) {
        LastGood.requireKnown("a file store", properties, KEYS);
        String id = text(properties, "matriarch.store.id");
        if (!ID.matcher(id).matches()) {
            throw refusal("matriarch.store.id", id, "must be made of letters, digits, '.', '_' and '-'");
        }
        String directory = text(properties, "directory");
        Path root = absolute(directory);
        long reserveMebibytes = DEFAULT_RESERVE_MEBIBYTES;
        String reserve = text(properties, "reserve_mebibytes");
        if (!reserve.isEmpty()) {
            try {
                reserveMebibytes = Long.parseLong(reserve);
            } catch (NumberFormatException e) {
                reserveMebibytes = -1;
            }
            if (reserveMebibytes < 0 || reserveMebibytes > Long.MAX_VALUE >> 20) {
                throw refusal("reserve_mebibytes", reserve, "must be a number of MiB, 0 or more");
            }
        }
        return new StoreSettings(id, root, reserveMebibytes << 20);
    }

    private static Path absolute(String directory) {
        try {
            Path path = Path.of(directory).normalize();
            if (path.isAbsolute() && path.getNameCount() > 0) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw refusal("directory", directory, "must be a path");
        }
        throw refusal("directory", directory, "must be an absolute path below '/'");
    }

    private static String text(Map<String, ?> properties, String key) {
        @Nullable Object value = properties.get(key);
        return value == null ? "" : value.toString().strip();
    }

    private static MatriarchException refusal(String key, String value, String reason) {
        return new MatriarchException(
                ErrorCode.CONFIGURATION_INVALID,
                "'%s' of a file store is '%s', %s".formatted(key, value, reason),
                "correct '%s' in etc/org.matriarch.storage.file-<name>.cfg.".formatted(key));
    }
}
