package racewalk.cli;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import racewalk.machine.LiveMachine;
import racewalk.machine.Machine;
import racewalk.specs.Cell;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/**
 * What a cell is made of: a rig before its boot, read object by object. The classes of the objects are those of
 * the chosen designs and of nothing else in the registry; their values are what tells two designs of one class apart,
 * wherever the registry has put it.
 */
final class RigContents {

    /** Between the host's name and the rest of the name of a lambda's hidden class. */
    private static final String LAMBDA = "$$Lambda";

    private final Map<Object, Integer> numbers = new IdentityHashMap<>();
    private final SortedSet<String> classes = new TreeSet<>();
    private final StringBuilder values = new StringBuilder();

    private RigContents() {}

    /** Builds and reads the rig of a cell. */
    static RigContents of(Scenario scenario, Cell cell) {
        RigContents contents = new RigContents();
        contents.read(Rigs.rig(LiveMachine.monitors(_ -> 0), scenario.withoutBoot(), cell));
        return contents;
    }

    /** The names of the classes of all objects. */
    SortedSet<String> classes() {
        return classes;
    }

    /** The values of all fields, as text. */
    String values() {
        return values.toString();
    }

    private void read(Object value) {
        switch (value) {
            case null -> values.append("null");
            case String text -> values.append('"').append(text).append('"');
            case Number number -> values.append(number);
            case Boolean truth -> values.append(truth);
            case Character character -> values.append(character);
            case Enum<?> constant -> {
                classes.add(constant.getDeclaringClass().getName());
                values.append(constant.name());
            }
            case Machine _, Scenario _ -> {} // the engine's; and hashed by itself
            default -> readObject(value);
        }
        values.append(' ');
    }

    private void readObject(Object value) {
        Integer known = numbers.putIfAbsent(value, numbers.size());
        if (known != null) {
            values.append('#').append(known);
            return;
        }
        switch (value) {
            case Collection<?> collection -> collection.forEach(this::read);
            case Map<?, ?> map ->
                map.forEach((key, element) -> {
                    read(key);
                    read(element);
                });
            default -> {
                if (value.getClass().isArray()) {
                    for (int i = 0; i < Array.getLength(value); i++) {
                        read(Array.get(value, i));
                    }
                } else {
                    readFields(value);
                }
            }
        }
    }

    private void readFields(Object value) {
        String name = name(value.getClass());
        if (!name.startsWith("racewalk.")) {
            throw new IllegalStateException("a " + name + " in a rig: what it holds cannot be told");
        }
        values.append(name).append('(');
        for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
            if (!isOfLiveMachine(type)) {
                classes.add(name(type));
            }
            for (Field field : fields(type)) {
                values.append(field.getName()).append('=');
                read(get(field, value));
            }
        }
        values.append(')');
    }

    /** The explorer has others in their place. */
    private static boolean isOfLiveMachine(Class<?> type) {
        return type == LiveMachine.class || type.getEnclosingClass() == LiveMachine.class;
    }

    /** The name; of a lambda that of the class in which it stands. */
    private static String name(Class<?> type) {
        return type.isHidden() ? type.getName().split(Pattern.quote(LAMBDA))[0] : type.getName();
    }

    private static List<Field> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .sorted(Comparator.comparing(Field::getName))
                .toList();
    }

    private static Object get(Field field, Object owner) {
        try {
            field.setAccessible(true);
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
