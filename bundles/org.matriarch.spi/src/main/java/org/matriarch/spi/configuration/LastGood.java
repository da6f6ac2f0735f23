package org.matriarch.spi.configuration;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
    private final Object changing = new Object();
    private volatile State<T> state;

    /** In one reference, so that nobody sees new settings with an old refusal. */
    private record State<T>(@Nullable T inForce, Optional<String> refused) {}

    /**
     * Begins with settings.
     *
     * @param reader makes settings of the properties of a component, or throws {@link MatriarchException} naming the key
     */
    public LastGood(T settings, Function<Map<String, ?>, T> reader) {
        this(new State<>(settings, Optional.empty()), reader);
    }

    /**
     * Begins with the first configuration, which may be one that cannot work: a component whose start fails is not started
     * again as surely as one that came up is told of the next configuration.
     */
    public static <T> LastGood<T> of(Map<String, ?> properties, Function<Map<String, ?>, T> reader) {
        var settings = new LastGood<>(new State<T>(null, Optional.empty()), reader);
        settings.change(properties);
        return settings;
    }

    private LastGood(State<T> state, Function<Map<String, ?>, T> reader) {
        this.reader = reader;
        this.state = state;
    }

    /** Returns whether there are settings in force. */
    public boolean isInForce() {
        return state.inForce() != null;
    }

    /**
     * Returns the settings in force.
     *
     * @throws MatriarchException {@code CONFIGURATION_INVALID} if there never were any
     */
    public T inForce() {
        State<T> now = state;
        T settings = now.inForce();
        if (settings == null) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    now.refused().orElse("nothing is configured"),
                    "correct the file; it is read again as soon as it is saved.");
        }
        return settings;
    }

    /** Returns why the newest configuration is not in force; empty if it is. */
    public Optional<String> refused() {
        return state.refused();
    }

    /** Takes a changed configuration; returns whether it is in force now. One that cannot work is only remembered as refused. */
    public boolean change(Map<String, ?> properties) {
        synchronized (changing) {
            try {
                state = new State<>(reader.apply(properties), Optional.empty());
                return true;
            } catch (MatriarchException e) {
                String meanwhile = isInForce() ? "what was in force before stays so" : "nothing of it is in force";
                String reason = "'%s' is refused, and %s: %s".formatted(file(properties), meanwhile, e.summary());
                state = new State<>(state.inForce(), Optional.of(reason));
                return false;
            }
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
