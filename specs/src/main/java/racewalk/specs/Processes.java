package racewalk.specs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The processes of a scenario: the first one, which is there at boot, and those that it forks. Each has its number, the
 * first has 0, and in {@link FlatMemory} as many pages of its own.
 *
 * @param pages how many pages each process has
 * @param actors the actors of each child, by its name; all others are of the first process
 */
public record Processes(int pages, Map<String, SortedSet<String>> actors) {

    /** Copies are kept. */
    public Processes {
        Map<String, SortedSet<String>> copy = new LinkedHashMap<>();
        actors.forEach((child, names) -> copy.put(child, Collections.unmodifiableSortedSet(new TreeSet<>(names))));
        actors = Collections.unmodifiableMap(copy);
    }

    /** One process, which does not fork. */
    public static Processes single(int pages) {
        return new Processes(pages, Map.of());
    }

    /** The children's names; the number of a child is one more than its place. */
    public List<String> children() {
        return List.copyOf(actors.keySet());
    }

    /** How many processes there are. */
    public int count() {
        return 1 + actors.size();
    }

    /** The number of the process that an actor is of. */
    public int of(String actor) {
        int number = 0;
        for (SortedSet<String> names : actors.values()) {
            number++;
            if (names.contains(actor)) {
                return number;
            }
        }
        return 0;
    }

    /** The first page of a process. */
    public int firstPage(int process) {
        return process * pages;
    }

    /** The fork that makes a child. */
    public Operation.Fork fork(int child) {
        return new Operation.Fork(children().get(child - 1), 0, pages, firstPage(child));
    }

    /** Whether an operation makes a child. */
    public boolean makes(Operation operation, int child) {
        return operation instanceof Operation.Fork(String _, int _, int _, int to) && to == firstPage(child);
    }

    /** The processes with those of their actors that are left. */
    Processes within(Iterable<String> left) {
        List<String> names = new ArrayList<>();
        left.forEach(names::add);
        Map<String, SortedSet<String>> rest = new LinkedHashMap<>();
        actors.forEach((child, all) -> {
            SortedSet<String> kept = new TreeSet<>(all);
            kept.retainAll(names);
            rest.put(child, kept);
        });
        return new Processes(pages, rest);
    }
}
