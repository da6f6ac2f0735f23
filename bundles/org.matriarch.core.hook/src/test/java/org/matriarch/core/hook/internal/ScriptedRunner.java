package org.matriarch.core.hook.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.matriarch.spi.hook.HookException;
import org.matriarch.spi.hook.HookRunner;

/** Runs nothing, but ends as a test has planned; 0 where it has planned nothing. */
final class ScriptedRunner implements HookRunner {

    /** What stands for a hook that cannot be run. */
    static final int IMPOSSIBLE = -1;

    /** What stands for a runner that throws what it must not. */
    static final int BROKEN = -3;

    /** What stands for a hook that does not end. */
    static final int HANGING = -2;

    final List<String> commands = Collections.synchronizedList(new ArrayList<>());
    final List<Map<String, String>> environments = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch hanging = new CountDownLatch(1);
    private final Queue<Integer> exitCodes = new ArrayDeque<>();

    ScriptedRunner ending(int... codes) {
        for (int code : codes) {
            exitCodes.add(code);
        }
        return this;
    }

    @Override
    public String id() {
        return "script";
    }

    @Override
    public int run(String command, Map<String, String> environment, Consumer<String> output)
            throws HookException, InterruptedException {
        commands.add(command);
        environments.add(environment);
        output.accept("says something");
        Integer planned = exitCodes.poll();
        int code = planned == null ? 0 : planned;
        if (code == IMPOSSIBLE) {
            throw new HookException("unable to run '%s'".formatted(command), null);
        }
        if (code == BROKEN) {
            throw new IllegalStateException("a mistake");
        }
        if (code == HANGING) {
            hanging.countDown();
            new CountDownLatch(1).await();
        }
        return code;
    }
}
