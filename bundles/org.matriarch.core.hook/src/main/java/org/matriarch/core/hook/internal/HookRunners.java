package org.matriarch.core.hook.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.spi.hook.HookRunner;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The hook runners that are installed right now. They come and go while the product runs; each try looks up late. */
@Component(service = HookRunners.class)
public final class HookRunners {

    /** Id of the runner of all hooks that can be configured. */
    static final String SCRIPTS = "script";

    private final Map<String, HookRunner> runnersById = new ConcurrentHashMap<>();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addRunner(HookRunner runner) {
        runnersById.put(runner.id(), runner);
    }

    void removeRunner(HookRunner runner) {
        runnersById.remove(runner.id(), runner);
    }

    Optional<HookRunner> findScripts() {
        return Optional.ofNullable(runnersById.get(SCRIPTS));
    }
}
