package racewalk.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Predicate;
import racewalk.explore.Explorer;
import racewalk.specs.Cell;
import racewalk.specs.Designs;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;

/**
 * A hash of everything that a cell's verdict, and the meaning of its schedules, follow from: the {@link ClassClosure
 * classes} of the {@link RigContents objects} that it is made of and of those that they may load, the values by which
 * designs of one class differ, and the scenario's memory, processes, boot, operations, invariants and required marks.
 * Not the registry of designs, which names them all; not titles, expectations and designs that the scenario also
 * crosses; not the {@link #tool}.
 */
final class CellHash {

    static final Charset CHARSET = StandardCharsets.UTF_8;

    /** The classes that this JVM runs. */
    static final CellHash CURRENT = new CellHash(new ClassClosure(ClassClosure::loaded));

    private static final int DIGITS = 16;

    private final ClassClosure classes;

    CellHash(ClassClosure classes) {
        this.classes = classes;
    }

    /** Sixteen hexadecimal digits for a cell. */
    String of(Scenario scenario, Cell cell) {
        RigContents contents = RigContents.of(scenario, cell);
        MessageDigest digest = sha256();
        classes.digest(classes(contents.classes()), digest);
        digest.update(contents.values().getBytes(CHARSET));
        digest.update(text(scenario, cell).getBytes(CHARSET));
        return hex(digest);
    }

    /** The names of the classes that a cell may load when it is explored, the explorer's own not among them. */
    SortedSet<String> classes(Scenario scenario, Cell cell) {
        return classes(RigContents.of(scenario, cell).classes());
    }

    private SortedSet<String> classes(Collection<String> objects) {
        SortedSet<String> closure = classes.of(List.of(Rig.class.getName()), isNot(Designs.class));
        closure.addAll(classes.of(objects, isNot(Designs.class)));
        if (objects.contains(Designs.class.getName())) {
            closure.add(Designs.class.getName()); // the registry's own code runs as part of a design
        }
        return closure;
    }

    /** Sixteen hexadecimal digits for what computes verdicts: the explorer and {@link Checker}. */
    String tool() {
        MessageDigest digest = sha256();
        classes.digest(toolClasses(), digest);
        return hex(digest);
    }

    /** The names of the classes of what computes verdicts. */
    SortedSet<String> toolClasses() {
        SortedSet<String> closure = classes.of(List.of(Explorer.class.getName()), in("explore", "machine"));
        closure.addAll(classes.of(List.of(Checker.class.getName()), in("explore", "cli")));
        return closure;
    }

    private static Predicate<String> in(String... packages) {
        return name -> List.of(packages).contains(name.split("\\.")[1]);
    }

    private static Predicate<String> isNot(Class<?> type) {
        return name -> !name.equals(type.getName());
    }

    private static String text(Scenario scenario, Cell cell) {
        return String.join(
                "\n",
                (scenario.tables() == null ? scenario.memory() : scenario.tables()).toString(),
                scenario.processes().toString(),
                scenario.boot().toString(),
                scenario.actors().toString(),
                scenario.symmetric().toString(),
                scenario.invariants().toString(),
                scenario.required(cell.ids()).toString());
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
