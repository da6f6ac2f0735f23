package org.matriarch.jmx.internal.open;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.jspecify.annotations.Nullable;

/**
 * How a kind of values is shown: as fields with a name, a description and a type. What is empty is null. Immutable.
 *
 * @param <T> what is shown
 */
public final class OpenFields<T> {

    private final List<Field<T>> fields;
    private final CompositeType type;

    private record Field<T>(String name, String description, OpenType<?> type, Function<T, ? extends Object> value) {}

    private OpenFields(String name, String description, List<Field<T>> fields) {
        this.fields = List.copyOf(fields);
        try {
            this.type = new CompositeType(
                    name,
                    description,
                    fields.stream().map(Field::name).toArray(String[]::new),
                    fields.stream().map(Field::description).toArray(String[]::new),
                    fields.stream().map(Field::type).toArray(OpenType<?>[]::new));
        } catch (OpenDataException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /** Begins a description. */
    public static <T> Builder<T> of(String name, String description) {
        return new Builder<>(name, description);
    }

    /** Returns the type of one value. */
    public CompositeType type() {
        return type;
    }

    /** Returns the type of several. */
    public ArrayType<CompositeData[]> arrayType() {
        return arrayOf(type);
    }

    /** Returns the type of a table of several with a key. */
    public TabularType tableType(String... key) {
        try {
            return new TabularType(type.getTypeName() + "s", type.getDescription(), type, key);
        } catch (OpenDataException e) {
            throw new IllegalArgumentException(type.getTypeName(), e);
        }
    }

    /** Shows one value. */
    public CompositeData show(T value) {
        Object[] values =
                fields.stream().map(field -> plain(field.value().apply(value))).toArray();
        try {
            return new CompositeDataSupport(
                    type, fields.stream().map(Field::name).toArray(String[]::new), values);
        } catch (OpenDataException e) {
            throw new IllegalArgumentException(type.getTypeName(), e);
        }
    }

    /** Shows several values. */
    public CompositeData[] show(Collection<? extends T> values) {
        return values.stream().map(this::show).toArray(CompositeData[]::new);
    }

    /** Shows several values as a table. */
    public TabularData table(TabularType tableType, Collection<? extends T> values) {
        var table = new TabularDataSupport(tableType);
        table.putAll(show(values));
        return table;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return value instanceof Optional<?> optional
                ? optional.map(OpenFields::plain).orElse(null)
                : value;
    }

    private static <E> ArrayType<E[]> arrayOf(OpenType<E> element) {
        try {
            return ArrayType.getArrayType(element);
        } catch (OpenDataException e) {
            throw new IllegalArgumentException(element.getTypeName(), e);
        }
    }

    /** Collects the fields. */
    public static final class Builder<T> {

        private final String name;
        private final String description;
        private final List<Field<T>> fields = new ArrayList<>();

        private Builder(String name, String description) {
            this.name = name;
            this.description = description;
        }

        /** A text, or anything by its text. */
        public Builder<T> text(String field, String meaning, Function<T, ? extends Object> value) {
            Function<T, @Nullable Object> text = of -> textOf(value.apply(of));
            return add(field, meaning, SimpleType.STRING, text);
        }

        /** Several texts. */
        public Builder<T> texts(String field, String meaning, Function<T, ? extends Collection<?>> value) {
            return add(
                    field,
                    meaning,
                    arrayOf(SimpleType.STRING),
                    of -> value.apply(of).stream().map(Object::toString).toArray(String[]::new));
        }

        /** A whole number. */
        public Builder<T> number(String field, String meaning, Function<T, ? extends Object> value) {
            return add(
                    field,
                    meaning,
                    SimpleType.LONG,
                    of -> plain(value.apply(of)) instanceof Number number
                            ? Optional.of(number.longValue())
                            : Optional.empty());
        }

        /** A number. */
        public Builder<T> decimal(String field, String meaning, Function<T, Double> value) {
            return add(field, meaning, SimpleType.DOUBLE, value);
        }

        /** A truth value. */
        public Builder<T> flag(String field, String meaning, Function<T, ? extends Object> value) {
            return add(field, meaning, SimpleType.BOOLEAN, value);
        }

        /** Values with fields of their own. */
        public <E> Builder<T> several(
                String field, String meaning, OpenFields<E> of, Function<T, ? extends Collection<E>> value) {
            return add(field, meaning, of.arrayType(), from -> of.show(value.apply(from)));
        }

        private Builder<T> add(String field, String meaning, OpenType<?> type, Function<T, ? extends Object> value) {
            fields.add(new Field<>(field, meaning, type, value));
            return this;
        }

        /** Ends the description. */
        public OpenFields<T> build() {
            return new OpenFields<>(name, description, fields);
        }

        private static Object textOf(Object value) {
            return value instanceof Optional<?> optional ? optional.map(Object::toString) : value.toString();
        }
    }
}
