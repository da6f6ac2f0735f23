package org.matriarch.jmx.internal.open;

import java.security.AccessController;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanOperationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenMBeanAttributeInfoSupport;
import javax.management.openmbean.OpenMBeanConstructorInfo;
import javax.management.openmbean.OpenMBeanInfoSupport;
import javax.management.openmbean.OpenMBeanOperationInfo;
import javax.management.openmbean.OpenMBeanOperationInfoSupport;
import javax.management.openmbean.OpenMBeanParameterInfo;
import javax.management.openmbean.OpenType;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Caller;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MBean that is put together of attributes and operations. Attributes can be read by every role, each operation says
 * which it needs. Whoever comes without a user is inside this process, or its owner by other means, and may do everything.
 *
 * <p>What fails is thrown as an {@link MBeanException} with the two lines of the error: a client has none of our classes.
 */
public final class OpenBean extends NotificationBroadcasterSupport implements DynamicMBean {

    private static final Logger LOG = LoggerFactory.getLogger(OpenBean.class);

    private final MBeanInfo info;
    private final Map<String, Getter> attributes;
    private final Map<String, Operation> operations;

    /** Carries an operation out. */
    @FunctionalInterface
    public interface Body {

        /**
         * Does what is asked for, with arguments of the declared types.
         *
         * @return a value of the declared type
         */
        @Nullable Object run(Arguments arguments) throws InterruptedException;
    }

    private record Getter(OpenMBeanAttributeInfo info, Supplier<? extends @Nullable Object> value) {}

    private record Operation(OpenMBeanOperationInfo info, Role role, Body body) {}

    private OpenBean(Builder builder) {
        super(builder.notifications.values().toArray(MBeanNotificationInfo[]::new));
        attributes = Map.copyOf(builder.attributes);
        operations = Map.copyOf(builder.operations);
        info = new OpenMBeanInfoSupport(
                OpenBean.class.getName(),
                builder.description,
                infos(builder.attributes.values(), Getter::info).toArray(OpenMBeanAttributeInfo[]::new),
                new OpenMBeanConstructorInfo[0],
                infos(builder.operations.values(), Operation::info).toArray(OpenMBeanOperationInfo[]::new),
                getNotificationInfo());
    }

    /** Begins a bean. */
    public static Builder describedAs(String description) {
        return new Builder(description);
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        return info;
    }

    @Override
    public @Nullable Object getAttribute(String attribute) throws AttributeNotFoundException, MBeanException {
        Getter readable = attributes.get(attribute);
        if (readable == null) {
            throw new AttributeNotFoundException(attribute);
        }
        return call(attribute, Role.VIEWER, readable.value()::get);
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        var list = new AttributeList();
        for (String name : names) {
            try {
                list.add(new Attribute(name, getAttribute(name)));
            } catch (AttributeNotFoundException | MBeanException e) {
                LOG.debug("attribute '{}' is left out", name, e); // as the contract of JMX has it
            }
        }
        return list;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException("'%s' can only be read".formatted(attribute.getName()));
    }

    @Override
    public AttributeList setAttributes(AttributeList list) {
        return new AttributeList();
    }

    @Override
    public @Nullable Object invoke(String name, Object @Nullable [] arguments, String @Nullable [] signature)
            throws MBeanException {
        Operation operation = operations.get(name);
        Object[] given = arguments == null ? new Object[0] : arguments;
        if (operation == null || given.length != operation.info().getSignature().length) {
            throw error(new MatriarchException(
                    ErrorCode.USAGE,
                    "no operation '%s' with %d arguments".formatted(name, given.length),
                    "look at the operations that the MBean describes."));
        }
        return call(name, operation.role(), () -> {
            requireTypes(operation.info(), given);
            return operation.body().run(new Arguments(name, given));
        });
    }

    /** Tells whoever listens. */
    public void tell(Notification notification) {
        sendNotification(notification);
    }

    private static void requireTypes(OpenMBeanOperationInfo operation, Object[] given) {
        for (int i = 0; i < given.length; i++) {
            var parameter = (OpenMBeanParameterInfo) operation.getSignature()[i];
            if (given[i] != null && !parameter.getOpenType().isValue(given[i])) {
                throw new MatriarchException(
                        ErrorCode.USAGE,
                        "argument '%s' of '%s' is not a %s"
                                .formatted(
                                        parameter.getName(),
                                        operation.getName(),
                                        parameter.getOpenType().getTypeName()),
                        "look at the types that the MBean describes.");
            }
        }
    }

    /** What a call does. */
    private interface Call {

        @Nullable Object run() throws InterruptedException;
    }

    @SuppressWarnings("removal") // what takes its place comes with Java 18
    private static @Nullable Object call(String what, Role role, Call call) throws MBeanException {
        try {
            Subject subject = Subject.getSubject(AccessController.getContext());
            if (subject != null) {
                Caller.of(subject).require(role, what);
            }
            return call.run();
        } catch (MatriarchException e) {
            LOG.debug("{} ends with an error", what, e);
            throw error(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw error(new MatriarchException(
                    ErrorCode.INTERNAL, "'%s' was interrupted".formatted(what), "repeat it when the container is up."));
        } catch (RuntimeException e) {
            LOG.error("MATR-{}: '{}' of an MBean failed", ErrorCode.INTERNAL.number(), what, e);
            throw error(new MatriarchException(
                    ErrorCode.INTERNAL,
                    "unable to answer '%s': %s".formatted(what, e),
                    "look at the log of the container, and report this as a bug."));
        }
    }

    /** Without its cause, of which a client may not have the class. */
    private static MBeanException error(MatriarchException failure) {
        String text = String.valueOf(failure.getMessage());
        return new MBeanException(new IllegalStateException(text), text);
    }

    private static <T, I> Stream<I> infos(Collection<T> parts, Function<T, I> info) {
        return parts.stream().map(info);
    }

    /** Collects the parts of a bean. */
    public static final class Builder {

        private final String description;
        private final Map<String, Getter> attributes = new LinkedHashMap<>();
        private final Map<String, Operation> operations = new LinkedHashMap<>();
        private final Map<String, MBeanNotificationInfo> notifications = new LinkedHashMap<>();

        private Builder(String description) {
            this.description = description;
        }

        /** An attribute; reading it must never block for long. */
        public Builder attribute(
                String name, String meaning, OpenType<?> type, Supplier<? extends @Nullable Object> value) {
            var attribute = new OpenMBeanAttributeInfoSupport(name, meaning, type, true, false, false);
            attributes.put(name, new Getter(attribute, value));
            return this;
        }

        /** All fields of a value as an attribute each; its names begin with a capital letter, as is the custom. */
        public <T> Builder attributes(OpenFields<T> fields, Supplier<T> value) {
            for (String field : fields.type().keySet()) {
                attribute(
                        Character.toUpperCase(field.charAt(0)) + field.substring(1),
                        fields.type().getDescription(field),
                        fields.type().getType(field),
                        () -> fields.show(value.get()).get(field));
            }
            return this;
        }

        /** An operation that only looks, for viewers. */
        public Builder look(String name, String meaning, OpenType<?> result, Body body, Param... parameters) {
            return operation(name, meaning, Role.VIEWER, MBeanOperationInfo.INFO, result, body, parameters);
        }

        /** An operation that does something. */
        public Builder act(String name, String meaning, Role role, OpenType<?> result, Body body, Param... parameters) {
            return operation(name, meaning, role, MBeanOperationInfo.ACTION, result, body, parameters);
        }

        @SuppressWarnings("checkstyle:ParameterNumber") // of two methods above, each of which has fewer
        private Builder operation(
                String name,
                String meaning,
                Role role,
                int impact,
                OpenType<?> result,
                Body body,
                Param... parameters) {
            OpenMBeanParameterInfo[] signature =
                    Stream.of(parameters).map(Param::info).toArray(OpenMBeanParameterInfo[]::new);
            String text = "%s (role: %s)".formatted(meaning, role.word());
            operations.put(
                    name,
                    new Operation(
                            new OpenMBeanOperationInfoSupport(name, text, signature, result, impact), role, body));
            return this;
        }

        /** A notification that the bean may send. */
        public Builder notification(String type, String meaning) {
            notifications.put(
                    type, new MBeanNotificationInfo(new String[] {type}, Notification.class.getName(), meaning));
            return this;
        }

        /** Ends the bean. */
        public OpenBean build() {
            return new OpenBean(this);
        }
    }
}
