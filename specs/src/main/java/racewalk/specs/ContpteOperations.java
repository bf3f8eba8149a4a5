package racewalk.specs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import racewalk.mm.Protection;
import racewalk.specs.Operation.OfContpte;

/**
 * Operations of scenarios with contiguous entries, as text: of CPUs {@code load P}, {@code store P V}, {@code munmap
 * R}, {@code mprotect R read|read-write}, {@code fork-range R}, {@code child-exit}, {@code age P}, {@code reclaim P},
 * {@code get P}; of a device {@code read P}, {@code write P V}; where the pages are hugetlb's, only {@code pin P},
 * {@code unpin P} and {@code migrate P}.
 */
final class ContpteOperations {

    private static final Pattern OWN = Pattern.compile("(fork-range|get) ([0-9])(?:\\.\\.([0-9]))?");

    private ContpteOperations() {}

    /** The operation as text. */
    static String show(OfContpte operation) {
        return switch (operation) {
            case OfContpte.Fork(int start, int end) ->
                "fork-range " + (end == start + 1 ? start : start + ".." + (end - 1));
            case OfContpte.ChildExit _ -> "child-exit";
            case OfContpte.Get(int page) -> "get " + page;
        };
    }

    /** Whether it is of hugetlb's pages. */
    static boolean isOfHugetlb(Operation operation) {
        return operation instanceof Operation.Pin
                || operation instanceof Operation.Unpin
                || operation instanceof Operation.Migrate;
    }

    /** Reads an operation of an actor on a table with {@code entries} entries. */
    static Operation parse(YamlNode node, String actor, int entries) {
        String text = node.text("an operation");
        if (Scenario.isCpu(actor) && text.equals("child-exit")) {
            return new OfContpte.ChildExit(0, entries);
        }
        Matcher own = OWN.matcher(text);
        if (Scenario.isCpu(actor) && own.matches()) {
            int start = Integer.parseInt(own.group(2));
            int last = own.group(3) == null ? start : Integer.parseInt(own.group(3));
            boolean get = own.group(1).equals("get");
            if (last < start || last >= entries || get && last != start) {
                throw node.malformed("expected pages from 0 to " + (entries - 1) + ", not '" + text + "'");
            }
            return get ? new OfContpte.Get(start) : new OfContpte.Fork(start, last + 1);
        }
        Operation operation = Operations.parse(node, actor, Processes.single(entries));
        boolean known = switch (operation) {
            case Operation.Load _, Operation.Store _, Operation.Munmap _, Operation.Age _, Operation.Reclaim _ -> true;
            case Operation.Mprotect(int _, int _, Protection to) -> to.permits(false);
            case Operation.Pin(int _, Operation.Pin.Way way) -> way == Operation.Pin.Way.SLOW;
            case Operation.Unpin _ -> true;
            case Operation.Migrate migrate -> migrate.end() == migrate.start() + 1;
            default -> false;
        };
        if (!known) {
            throw node.malformed("'" + text + "' is no operation where entries are contiguous; those are load, store,"
                    + " munmap, mprotect to read or read-write, fork-range R, child-exit, age, reclaim, get; of a"
                    + " device read and write; of hugetlb's pages pin, unpin, migrate P");
        }
        return operation;
    }
}
