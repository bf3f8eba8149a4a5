package racewalk.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import racewalk.machine.LiveMachine;

/** An entry keeps what it was made of, whatever bits it was made of, and entries are ordered by what they allow. */
class PtePropertyTest {

    /** The most frames that the allocator takes. */
    private static final int FRAMES = 62;

    private static final List<Page> PAGES = new PhysicalMemory(LiveMachine.spinning(options -> 0), FRAMES).pages();

    @Provide
    Arbitrary<Pte> ptes() {
        Arbitrary<Pte> mapping = Combinators.combine(
                        Arbitraries.integers().between(0, FRAMES - 1),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as(PtePropertyTest::made);
        return Arbitraries.oneOf(mapping, Arbitraries.just(Pte.NONE));
    }

    private static Pte made(int pfn, boolean writable, boolean dirty, boolean protNone) {
        Pte pte = Pte.make(PAGES.get(pfn));
        pte = protNone ? pte.modify(Protection.NONE) : pte;
        pte = writable && !protNone ? pte.makeWritable() : pte;
        return dirty ? pte.makeDirty() : pte;
    }

    @Property
    void everyPartIsReadAsItWasWritten(
            @ForAll @IntRange(max = FRAMES - 1) int pfn,
            @ForAll boolean writable,
            @ForAll boolean dirty,
            @ForAll boolean protNone) {
        assertRoundTrip(Pte::new, pfn, writable, dirty, protNone);
    }

    private static void assertRoundTrip(
            LongFunction<Pte> read, int pfn, boolean writable, boolean dirty, boolean protNone) {
        Pte pte = read.apply(made(pfn, writable, dirty, protNone).bits());
        assertFalse(pte.isNone());
        assertEquals(true, pte.isPresent());
        assertEquals(pfn, pte.pfn());
        assertEquals(writable && !protNone, pte.isWritable());
        assertEquals(dirty, pte.isDirty());
        assertEquals(!protNone, pte.permits(false));
        assertEquals(writable && !protNone, pte.permits(true));
    }

    @Example
    void wordThatLosesTheHighestFrameNumbersIsFound() {
        LongFunction<Pte> narrow = bits -> new Pte(bits & (1L << 17) - 1); // five bits for the frame
        assertRoundTrip(narrow, 31, true, true, false);
        assertThrows(AssertionError.class, () -> assertRoundTrip(narrow, 32, true, true, false));
    }

    @Property
    void textTellsEveryPartApart(@ForAll("ptes") Pte one, @ForAll("ptes") Pte other) {
        assertTold(Pte::toString, one, other);
    }

    private static void assertTold(Function<Pte, String> text, Pte one, Pte other) {
        assertEquals(one.equals(other), text.apply(one).equals(text.apply(other)));
    }

    @Example
    void textWithoutTheDirtyBitIsFound() {
        Pte pte = made(3, true, false, false);
        assertThrows(
                AssertionError.class,
                () -> assertTold(entry -> entry.toString().replace(" dirty", ""), pte, pte.makeDirty()));
    }

    @Property
    void protectionChangeKeepsThePageAndItsDirtinessAndNeverAllowsWriting(
            @ForAll("ptes") Pte pte, @ForAll Protection first, @ForAll Protection second) {
        if (!pte.isNone()) {
            assertModifies(Pte::modify, pte, first, second);
        }
    }

    private static void assertModifies(
            BiFunction<Pte, Protection, Pte> modify, Pte pte, Protection first, Protection second) {
        Pte changed = modify.apply(pte, first);
        assertEquals(pte.pfn(), changed.pfn());
        assertEquals(pte.isDirty(), changed.isDirty());
        assertFalse(changed.isWritable());
        assertEquals(first != Protection.NONE, changed.permits(false));
        assertEquals(modify.apply(pte, second), modify.apply(changed, second), "only the last protection counts");
    }

    @Example
    void protectionChangeThatLeavesAPrivatePageWritableIsFound() {
        BiFunction<Pte, Protection, Pte> wide = (pte, protection) ->
                protection == Protection.READ_WRITE ? pte.modify(protection).makeWritable() : pte.modify(protection);
        assertModifies(wide, made(3, true, true, false), Protection.READ, Protection.NONE);
        assertThrows(
                AssertionError.class,
                () -> assertModifies(wide, made(3, true, true, false), Protection.READ_WRITE, Protection.READ));
    }

    @Property
    void widerIsAStrictOrderOfTheEntriesOfOnePage(
            @ForAll("ptes") Pte one, @ForAll("ptes") Pte other, @ForAll("ptes") Pte third) {
        assertOrder(Pte::isWiderThan, one, other, third);
    }

    private static void assertOrder(BiPredicate<Pte, Pte> wider, Pte one, Pte other, Pte third) {
        assertFalse(wider.test(one, one));
        assertFalse(wider.test(Pte.NONE, one));
        assertEquals(one.permits(false), wider.test(one, Pte.NONE));
        boolean samePage = one.pfn() == other.pfn() && other.pfn() == third.pfn();
        if (samePage && wider.test(one, other)) {
            assertFalse(wider.test(other, one));
            assertTrue(!wider.test(other, third) || wider.test(one, third));
        }
        assertEquals(
                wider.test(one.makeDirty(), other), wider.test(one, other.makeDirty()), "dirtiness allows nothing");
    }

    @Example
    void orderThatCountsTheDirtyBitIsFound() {
        BiPredicate<Pte, Pte> byBits = (one, other) -> one.isWiderThan(other) || one.isDirty() && !other.isDirty();
        Pte pte = made(3, false, false, false);
        assertThrows(AssertionError.class, () -> assertOrder(byBits, pte, pte, pte));
    }
}
