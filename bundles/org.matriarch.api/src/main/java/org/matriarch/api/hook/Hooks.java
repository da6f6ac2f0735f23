package org.matriarch.api.hook;

import java.util.Optional;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Runs the hooks of a server, on the caller's thread, for as long as they take. Thread-safe.
 *
 * <p>Which hooks there are is looked up when each is begun, and again before each repetition, so that an operator can mend
 * an option while its hook is being repeated. A hook that takes long is listed as a job of its own; who cancels that job
 * ends the hook, not the work. A caller who is interrupted ends the hook, too.
 */
@ProviderType
public interface Hooks {

    /**
     * Runs what is to run before the work: the hook that runs once, then the one that is repeated. Does nothing, and costs
     * nothing, where there is none.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code HOOK_ABORTED} if the work is not to be done; {@code
     *     PLUGIN_MISSING} if no hook runner is there, for {@code plugin_wait} or, before WAL is archived, at once
     */
    void before(ServerConfiguration server, HookEvent event, HookSubject subject) throws InterruptedException;

    /**
     * Runs what is to run after the work: the hook that is repeated, then the one that runs once.
     *
     * @param error why the work failed; empty if it did not
     * @throws org.matriarch.api.error.MatriarchException {@code PLUGIN_MISSING} if no hook runner is there for {@code
     *     plugin_wait} after work that succeeded
     */
    void after(ServerConfiguration server, HookEvent event, HookSubject subject, Optional<String> error)
            throws InterruptedException;
}
