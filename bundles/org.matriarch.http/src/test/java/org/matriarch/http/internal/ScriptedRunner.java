package org.matriarch.http.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.matriarch.http.internal.command.CommandRequest;
import org.matriarch.http.internal.command.CommandRunner;
import org.matriarch.http.internal.command.Interruption;

/** Stands in for Karaf's shell: each command is a piece of the test. */
final class ScriptedRunner implements CommandRunner {

    /** What a command does; an interruption ends it with 130, a failed write with 1. */
    @FunctionalInterface
    interface Body {

        int run(CommandRequest request, OutputStream out, OutputStream err) throws IOException, InterruptedException;
    }

    private final Map<String, Body> bodies = new ConcurrentHashMap<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();

    ScriptedRunner with(String name, Body body) {
        bodies.put(name, body);
        return this;
    }

    /** Returns name and exit code of what has ended. */
    List<String> ended() {
        return ended;
    }

    @Override
    public int run(CommandRequest request, OutputStream out, OutputStream err, Interruption interruption) {
        String name = request.words().get(0);
        interruption.begin();
        int code;
        try {
            code = bodies.get(name).run(request, out, err);
        } catch (InterruptedException e) {
            code = 130;
        } catch (IOException e) {
            code = 1;
        } finally {
            interruption.end();
        }
        ended.add(name + " " + code);
        return code;
    }
}
