package org.matriarch.hook.script.internal;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.matriarch.spi.hook.HookRunner;

/** The contract, with and without process groups. */
final class ScriptHookRunnerTest {

    @Nested
    final class WithSessions extends ScriptContract {

        @Override
        protected HookRunner runner() {
            return new ScriptHookRunner();
        }
    }

    @Nested
    final class WithoutSessions extends ScriptContract {

        @Override
        protected HookRunner runner() {
            return new ScriptHookRunner(Optional.empty());
        }
    }
}
