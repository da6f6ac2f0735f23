package org.matriarch.spi.configuration;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * The settings of a plugin that are in force: those of its newest configuration that can work. Thread-safe; whoever works takes
 * {@link #inForce} once, and goes on with that.
 *
 * @param <T> immutable settings
 */
public final class LastGood<T> {

    private static final Pattern FILE_NAME = Pattern.compile("(?:.*/)?([^/]+)");

    /** What the container adds to what the operator wrote; filters of references end in {@code .target}. */
    private static final Pattern ADDED =
            Pattern.compile("(service|felix|component|osgi|org\\.apache)\\..*|.*\\.target");

    private final Function<Map<String, ?>, T> reader;
    private volatile State<T> state;

    /** In one reference, so that nobody sees new settings with an old refusal. */
    private record State<T>(T inForce, Optional<String> refused) {}

    /**
     * Begins with settings.
     *
     * @param reader makes settings of the properties of a component, or throws {@link MatriarchException} naming the key
     */
    public LastGood(T settings, Function<Map<String, ?>, T> reader) {
        this.reader = reader;
        this.state = new State<>(settings, Optional.empty());
    }

    /** Returns the settings in force. */
    public T inForce() {
        return state.inForce();
    }

    /** Returns why the newest configuration is not in force; empty if it is. */
    public Optional<String> refused() {
        return state.refused();
    }

    /** Takes a changed configuration; returns whether it is in force now. One that cannot work is only remembered as refused. */
    public synchronized boolean change(Map<String, ?> properties) {
        try {
            state = new State<>(reader.apply(properties), Optional.empty());
            return true;
        } catch (MatriarchException e) {
            String reason = "'%s' is refused, and what was in force before stays so: %s"
                    .formatted(file(properties), e.summary());
            state = new State<>(state.inForce(), Optional.of(reason));
            return false;
        }
    }

    /**
     * Refuses keys that there are not.
     *
     * @param what the plugin, with an article
     * @throws MatriarchException naming the first of them, and what there is
     */
    public static void requireKnown(String what, Map<String, ?> properties, Collection<String> keys) {
        for (String key : new TreeSet<>(properties.keySet())) {
            if (!keys.contains(key) && !ADDED.matcher(key).matches()) {
                throw new MatriarchException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "'%s' is not a key of %s; the keys are %s".formatted(key, what, String.join(", ", keys)),
                        "correct or remove '%s' in '%s'.".formatted(key, file(properties)));
            }
        }
    }

    /** Returns how messages name the file of a component's properties; what was configured without one has the name of its PID. */
    public static String file(Map<String, ?> properties) {
        String location = Objects.toString(properties.get("felix.fileinstall.filename"), "");
        Matcher name = FILE_NAME.matcher(location);
        return name.matches()
                ? "etc/" + name.group(1)
                : Objects.toString(properties.get("service.pid"), "a configuration");
    }
}
