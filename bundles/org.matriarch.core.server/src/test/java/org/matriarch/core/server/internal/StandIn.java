package org.matriarch.core.server.internal;

import java.lang.reflect.Proxy;

/** A service of which the tests need one method. */
final class StandIn {

    private StandIn() {}

    /** What the one method does. */
    interface Answer {

        Object give() throws Throwable;
    }

    static <T> T of(Class<T> type, String method, Answer answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return answer.give();
                    }
                    throw new UnsupportedOperationException(called.toString());
                }));
    }
}
