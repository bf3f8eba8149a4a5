package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import racewalk.mm.Protection;

/** What is packed into a number, or written as text, is read back as it was. */
class EncodingTest {

    private static final int PAGES = FlatMemory.MAX_PAGES;

    /** A page's new protection and value. */
    record Change(int page, Protection protection, long value) {}

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, PAGES - 1),
                        Arbitraries.of(Protection.class),
                        Arbitraries.longs().between(0, FlatMemory.MAX_VALUE))
                .as(Change::new)
                .list()
                .ofMaxSize(20);
    }

    /** How pages are put into the number. */
    interface Packing {
        long with(long memory, int page, Protection protection, long value);
    }

    @Property
    void flatMemoryKeepsWhatEachPageWasGivenLast(@ForAll("changes") List<Change> changes) {
        assertKept(FlatMemory::with, changes);
    }

    private static void assertKept(Packing packing, List<Change> changes) {
        Protection[] protections = new Protection[PAGES];
        long[] values = new long[PAGES];
        long memory = 0;
        for (Change change : changes) {
            memory = packing.with(memory, change.page, change.protection, change.value);
            protections[change.page] = change.protection;
            values[change.page] = change.value;
        }
        for (int page = 0; page < PAGES; page++) {
            Protection expected = protections[page] == null ? Protection.UNMAPPED : protections[page];
            assertEquals(expected, FlatMemory.protection(memory, page), "page " + page);
            assertEquals(values[page], FlatMemory.value(memory, page), "page " + page);
        }
    }

    @Example
    void packingThatDoesNotClearWhatWasThereIsFound() {
        Packing or = (memory, page, protection, value) -> memory | FlatMemory.with(0, page, protection, value);
        assertKept(or, List.of(new Change(1, Protection.READ, 2)));
        assertThrows(
                AssertionError.class,
                () -> assertKept(or, List.of(new Change(1, Protection.READ, 2), new Change(1, Protection.READ, 1))));
    }

    /** An operation, and whether a CPU does it. */
    record Spoken(boolean cpu, Operation operation) {}

    @Provide
    Arbitrary<Spoken> spoken() {
        return Arbitraries.oneOf(
                RandomOperations.ofCpu(PAGES).map(operation -> new Spoken(true, operation)),
                RandomOperations.ofDevice(PAGES).map(operation -> new Spoken(false, operation)));
    }

    @Property
    void operationIsReadAsItIsShown(@ForAll("spoken") Spoken spoken) throws IOException {
        assertRead(EncodingTest::show, spoken);
    }

    private static String show(boolean cpu, Operation operation) {
        return Operations.show(cpu, operation, 0);
    }

    private static void assertRead(BiFunction<Boolean, Operation, String> show, Spoken spoken) throws IOException {
        Path file = Files.createTempFile("operation", ".yaml");
        try {
            Files.writeString(file, show.apply(spoken.cpu, spoken.operation));
            assertEquals(
                    spoken.operation,
                    Operations.parse(YamlNode.read(file), spoken.cpu ? "cpu0" : "dev0", Processes.single(PAGES)));
        } finally {
            Files.delete(file);
        }
    }

    @Example
    void textThatShowsTheEndInsteadOfTheLastPageIsFound() throws IOException {
        BiFunction<Boolean, Operation, String> wrong =
                (cpu, operation) -> show(cpu, operation).replace("1..2", "1..3");
        assertRead(wrong, new Spoken(true, new Operation.Munmap(0, 2)));
        assertThrows(AssertionError.class, () -> assertRead(wrong, new Spoken(true, new Operation.Munmap(1, 3))));
    }
}
