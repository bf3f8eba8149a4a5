package racewalk.specs;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import racewalk.mm.Protection;

/** Any operation on a process of so many pages, for properties. */
final class RandomOperations {

    private RandomOperations() {}

    /** An operation of a CPU. */
    static Arbitrary<Operation> ofCpu(int pages) {
        Arbitrary<int[]> ranges = ranges(pages);
        return Arbitraries.frequencyOf(
                Tuple.of(4, accesses(pages)),
                Tuple.of(1, ranges.map(range -> new Operation.Munmap(range[0], range[1]))),
                Tuple.of(1, ranges.map(range -> new Operation.Dontneed(range[0], range[1]))),
                Tuple.of(1, pages(pages).map(Operation.LockPage::new)),
                Tuple.of(
                        2,
                        Combinators.combine(
                                        ranges, Arbitraries.of(Protection.NONE, Protection.READ, Protection.READ_WRITE))
                                .as((range, protection) -> new Operation.Mprotect(range[0], range[1], protection))));
    }

    /** An operation of a device. */
    static Arbitrary<Operation> ofDevice(int pages) {
        return Arbitraries.frequencyOf(
                Tuple.of(3, accesses(pages)),
                Tuple.of(1, ranges(pages).map(range -> new Operation.Prefault(range[0], range[1]))),
                Tuple.of(1, ranges(pages).map(range -> new Operation.Reslot(range[0], range[1]))));
    }

    private static Arbitrary<Operation> accesses(int pages) {
        return Arbitraries.oneOf(
                pages(pages).map(Operation.Load::new),
                Combinators.combine(pages(pages), Arbitraries.longs().between(1, 9))
                        .as(Operation.Store::new));
    }

    private static Arbitrary<Integer> pages(int pages) {
        return Arbitraries.integers().between(0, pages - 1);
    }

    /** Ranges {@code [start, end)} that an operation may cover. */
    private static Arbitrary<int[]> ranges(int pages) {
        return Combinators.combine(pages(pages), pages(pages))
                .as((a, b) -> new int[] {Math.min(a, b), Math.max(a, b) + 1})
                .filter(range -> range[1] - range[0] <= FlatMemory.MAX_RANGE);
    }
}
