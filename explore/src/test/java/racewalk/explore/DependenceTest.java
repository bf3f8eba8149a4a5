package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import racewalk.machine.Access;
import racewalk.machine.Change;
import racewalk.machine.Guard;
import racewalk.machine.Observe;
import racewalk.machine.Order;

/** What the footprints call commuting has the same effects in either order, for all values of the word. */
class DependenceTest {

    private static final List<Long> SMALL = List.of(0L, 1L, 2L, 3L, 0x100L, 0x101L, 0x10000L, -1L);

    /** What happened to one of two accesses. */
    private record Told(boolean enabled, long answer) {}

    /** What two accesses in some order come to. */
    private record Outcome(long word, Told first, Told second) {}

    private static boolean enabled(Access access, long word) {
        return !access.blocking() || access.guard().open(word);
    }

    private static long after(Access access, long word) {
        return access.guard().open(word) ? access.change().apply(word) : word;
    }

    private static Told told(Access access, long word) {
        if (!enabled(access, word)) {
            return new Told(false, 0);
        }
        return new Told(
                true,
                access.observe().of(word, after(access, word), access.guard().open(word)));
    }

    private static Outcome inOrder(Access one, Access other, long word) {
        long between = enabled(one, word) ? after(one, word) : word;
        long end = enabled(other, between) ? after(other, between) : between;
        return new Outcome(end, told(one, word), told(other, between));
    }

    private static boolean commute(Access one, Access other) {
        return footprint(one).commutesWith(footprint(other));
    }

    private static Footprint footprint(Access access) {
        Footprint print = new Footprint();
        print.add(0, access.reads(), access.writes(), access.change().kind());
        return print;
    }

    @Provide
    Arbitrary<Access> accesses() {
        Arbitrary<Long> values = Arbitraries.of(SMALL);
        Arbitrary<Guard> guards = Arbitraries.oneOf(
                Arbitraries.just(Guard.ALWAYS),
                Combinators.combine(values, values, Arbitraries.of(true, false))
                        .as((mask, value, equal) -> new Guard(mask, value & mask, equal)));
        Arbitrary<Change> changes = Combinators.combine(Arbitraries.of(Change.Kind.class), values)
                .as((kind, operand) -> new Change(kind, kind == Change.Kind.SNAPSHOT ? 8 : operand));
        Arbitrary<Observe> observations =
                Combinators.combine(Arbitraries.of(Observe.Kind.class), values).as(Observe::new);
        return Combinators.combine(guards, Arbitraries.of(true, false), changes, observations)
                .as((guard, blocking, change, observe) ->
                        new Access("fuzz", guard, blocking, change, observe, Order.FULL));
    }

    @Property(tries = 20_000)
    void commutingAccessesHaveTheSameEffectsInEitherOrder(
            @ForAll("accesses") Access one, @ForAll("accesses") Access other, @ForAll long anyWord) {
        if (!commute(one, other)) {
            return;
        }
        for (long word : List.of(anyWord, 0L, 1L, 2L, 3L, 0x100L, -1L)) {
            Outcome forward = inOrder(one, other, word);
            Outcome backward = inOrder(other, one, word);
            assertEquals(forward.word, backward.word);
            assertEquals(forward.first, backward.second);
            assertEquals(forward.second, backward.first);
        }
    }

    @Test
    void theUsualPairsCommuteOrDoNot() {
        Access read = Access.READ_ONCE;
        Access inc = Access.always("inc", Change.add(1), Observe.NOTHING, Order.ONCE);
        Access test = Access.always("dec and test", Change.add(-1), Observe.zero(-1), Order.FULL);
        Access readerOne = Access.await("down_read", Guard.clear(0xFF00), Change.or(1), Observe.NOTHING, Order.ACQUIRE);
        Access readerTwo = Access.await("down_read", Guard.clear(0xFF00), Change.or(2), Observe.NOTHING, Order.ACQUIRE);
        Access writer = Access.await("down_write", Guard.is(0), Change.set(0x300), Observe.NOTHING, Order.ACQUIRE);
        assertTrue(commute(read, read));
        assertTrue(commute(inc, inc));
        assertTrue(commute(readerOne, readerTwo));
        assertEquals(false, commute(read, inc));
        assertEquals(false, commute(inc, test));
        assertEquals(false, commute(readerOne, writer));
        assertEquals(false, commute(writer, writer));
    }
}
