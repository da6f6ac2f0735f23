package org.matriarch.hook.script.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.matriarch.testkit.hook.HookRunnerContract;

/** Hooks as somebody writes them into a configuration file. */
abstract class ScriptContract extends HookRunnerContract {

    @Override
    protected String writing(List<String> lines, int exitCode) {
        if (lines.size() > 100) {
            return "i=0; while [ $i -lt %d ]; do echo '%s'; i=$((i+1)); done; exit %d"
                    .formatted(lines.size(), lines.get(0), exitCode);
        }
        String echoes = lines.stream().map("echo '%s'; "::formatted).collect(Collectors.joining());
        return echoes + "exit " + exitCode;
    }

    @Override
    protected String writingVariable(String name) {
        return "echo \"$%s\"".formatted(name);
    }

    @Override
    protected String lasting(Path started, Path ended) {
        return "touch '%s'; sleep 120; touch '%s'".formatted(started, ended);
    }

    @Override
    protected String impossible() {
        return "no command holds a \0";
    }
}
