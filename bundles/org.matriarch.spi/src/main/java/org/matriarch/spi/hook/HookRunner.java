package org.matriarch.spi.hook;

import java.util.Map;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/** Runs the hooks of one kind, such as scripts. Stateless and thread-safe. */
@ConsumerType
public interface HookRunner {

    /** Service property that carries {@link #id}. */
    String PROPERTY_ID = "matriarch.hook.id";

    /** Returns the kind of hook that this runs. */
    String id();

    /**
     * Runs a hook to its end.
     *
     * @param command what the configuration says
     * @param environment variables to add, by name
     * @param output takes each line that the hook writes
     * @return the hook's exit code
     * @throws HookException if it could not be run
     * @throws InterruptedException if it was interrupted; the hook is then ended
     */
    int run(String command, Map<String, String> environment, Consumer<String> output)
            throws HookException, InterruptedException;
}
