package org.matriarch.jmx.internal.guard;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.AccessController;
import java.util.Optional;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.remote.MBeanServerForwarder;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Caller;
import org.matriarch.api.access.Role;

/**
 * Stands between the clients of a connector and the MBean server, and passes on what looks, calls or listens: nothing that
 * makes or removes MBeans, which is how code gets in. Whose role allows which attribute and operation is decided behind it.
 */
final class ConnectorGuard implements InvocationHandler {

    private static final Set<String> PASSED = Set.of(
            "addNotificationListener",
            "getAttribute",
            "getAttributes",
            "getDefaultDomain",
            "getDomains",
            "getMBeanCount",
            "getMBeanInfo",
            "getObjectInstance",
            "invoke",
            "isInstanceOf",
            "isRegistered",
            "queryMBeans",
            "queryNames",
            "removeNotificationListener",
            "setAttribute",
            "setAttributes",
            // What the connector itself asks for, to understand the arguments of a call.
            "getClassLoader",
            "getClassLoaderFor",
            "getClassLoaderRepository");

    private volatile @Nullable MBeanServer next;

    private ConnectorGuard() {}

    static MBeanServerForwarder create() {
        return (MBeanServerForwarder) Proxy.newProxyInstance(
                ConnectorGuard.class.getClassLoader(),
                new Class<?>[] {MBeanServerForwarder.class},
                new ConnectorGuard());
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object[] given = arguments == null ? new Object[0] : arguments;
        return switch (method.getName()) {
            case "getMBeanServer" -> next;
            case "setMBeanServer" -> {
                next = (MBeanServer) given[0];
                yield null;
            }
            case "equals" -> proxy == given[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "guard of " + next;
            default -> {
                requirePassable(method.getName(), given);
                yield pass(method, arguments);
            }
        };
    }

    private static void requirePassable(String operation, Object[] arguments) {
        if (!PASSED.contains(operation)) {
            throw new SecurityException("%s is open to nobody from outside".formatted(operation));
        }
        if (operation.startsWith("query") && arguments[1] != null && !mayAskByExpression()) {
            throw new SecurityException("queries with an expression need the role 'admin'");
        }
    }

    /** An expression reads attributes past whatever decides who may read them. The connector itself, which is nobody, asks so. */
    @SuppressWarnings("removal") // what takes its place comes with Java 18
    private static boolean mayAskByExpression() {
        Subject subject = Subject.getSubject(AccessController.getContext());
        return subject == null || Caller.of(subject).role().equals(Optional.of(Role.ADMIN));
    }

    private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(next, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
