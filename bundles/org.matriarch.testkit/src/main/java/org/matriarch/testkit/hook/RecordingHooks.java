package org.matriarch.testkit.hook;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.server.ServerConfiguration;

/** Runs no hook, but writes down which would, and does what a test has planned for that moment. Thread-safe. */
public final class RecordingHooks implements Hooks {

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<HookSubject> subjects = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Happening> planned = Collections.synchronizedMap(new HashMap<>());

    /** What happens while a hook runs. */
    @FunctionalInterface
    public interface Happening {

        /** Does it, or throws what ends the hook. */
        void happen() throws InterruptedException;
    }

    /** Plans what happens whenever {@code moment} comes, such as {@code before BACKUP}. */
    public RecordingHooks on(String moment, Happening happening) {
        planned.put(moment, happening);
        return this;
    }

    /** Returns the moments that came, in order: {@code after ARCHIVE 000000010000000000000001: why it failed}. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Returns what each of {@link #calls} was about. */
    public List<HookSubject> subjects() {
        return List.copyOf(subjects);
    }

    @Override
    public void before(ServerConfiguration server, HookEvent event, HookSubject subject) throws InterruptedException {
        come("before " + event, subject, Optional.empty());
    }

    @Override
    public void after(ServerConfiguration server, HookEvent event, HookSubject subject, Optional<String> error)
            throws InterruptedException {
        come("after " + event, subject, error);
    }

    private void come(String moment, HookSubject subject, Optional<String> error) throws InterruptedException {
        calls.add(
                moment + " " + subject.label() + error.map(text -> ": " + text).orElse(""));
        subjects.add(subject);
        Happening happening = planned.get(moment);
        if (happening != null) {
            happening.happen();
        }
    }
}
