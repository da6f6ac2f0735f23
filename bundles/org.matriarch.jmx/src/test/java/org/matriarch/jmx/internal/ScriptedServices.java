package org.matriarch.jmx.internal;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerStatuses;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalReceivers;
import org.matriarch.jmx.internal.bean.Services;

/** Services of which a test says what single methods answer; they keep what they were called with. */
final class ScriptedServices implements Services {

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<Class<?>, Object> real = new HashMap<>();

    /** What a method answers. */
    interface Answer {

        Object give(Object[] arguments) throws Throwable;
    }

    <T> ScriptedServices with(Class<T> type, T service) {
        real.put(type, service);
        return this;
    }

    ScriptedServices on(Class<?> type, String method, Answer answer) {
        answers.put(type.getName() + method, answer);
        return this;
    }

    private <T> T of(Class<T> type) {
        if (real.containsKey(type)) {
            return type.cast(real.get(type));
        }
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    Answer answer = answers.get(type.getName() + called.getName());
                    if (answer == null) {
                        throw new MatriarchException(
                                ErrorCode.PLUGIN_MISSING, "no " + type.getSimpleName(), "install it.");
                    }
                    return answer.give(arguments);
                }));
    }

    @Override
    public Servers servers() {
        return of(Servers.class);
    }

    @Override
    public ServerChecks checks() {
        return of(ServerChecks.class);
    }

    @Override
    public ServerStatuses statuses() {
        return of(ServerStatuses.class);
    }

    @Override
    public BackupCatalog catalog() {
        return of(BackupCatalog.class);
    }

    @Override
    public Retention retention() {
        return of(Retention.class);
    }

    @Override
    public Backups backups() {
        return of(Backups.class);
    }

    @Override
    public Restores restores() {
        return of(Restores.class);
    }

    @Override
    public WalFiles walFiles() {
        return of(WalFiles.class);
    }

    @Override
    public WalReceivers receivers() {
        return of(WalReceivers.class);
    }

    @Override
    public Jobs jobs() {
        return of(Jobs.class);
    }

    @Override
    public Plugins plugins() {
        return of(Plugins.class);
    }
}
