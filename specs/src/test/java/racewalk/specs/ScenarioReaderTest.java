package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.mm.PhysicalMemory.Allocations;

/** Every malformed file gets one message with the place, what was expected, and what to do. */
class ScenarioReaderTest {

    private static final String GOOD = """
            id: test
            title: A test
            memory: {pages: 2, tables: 2, frames: 3}
            boot:
              - cpu0: store 0 1
            actors:
              cpu0: [dontneed 0]
              dev0: [read 0, write 0 5]
            designs:
              notifier: [arcangeli, lameter]
              secondary: gru-lockless*
            expect:
              - {notifier: lameter, verdict: REFUTED}
              - verdict: PROVED
            """;

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("test.yaml"), text);
    }

    private String refusal(String text) throws IOException {
        Path file = file(text);
        String message = assertThrows(MalformedFileException.class, () -> ScenarioReader.read(file))
                .getMessage();
        assertTrue(message.startsWith(file + ":"), message);
        return message.substring(file.toString().length() + 1);
    }

    private void assertRefused(String from, String to, String message) throws IOException {
        assertTrue(GOOD.contains(from), from);
        assertEquals(message, refusal(GOOD.replace(from, to)));
    }

    @Test
    void wellFormedScenarioIsRead() throws IOException {
        Scenario scenario = ScenarioReader.read(file(GOOD));
        assertEquals(List.of("cpu0", "dev0"), List.copyOf(scenario.actors().keySet()));
        assertEquals(3, scenario.operations());
        assertEquals(8, scenario.cells().size());
        assertEquals(1, FlatMemory.value(scenario.bootMemory(), 0));
        Cell first = scenario.cells().getFirst();
        assertEquals("linux-2.6.24/arcangeli/gru-lockless", first.toString());
        assertEquals(Verdict.PROVED, scenario.expected(first.ids()).orElseThrow());
    }

    @Test
    void crossesAreJoinedAndNoCellIsThereTwice() throws IOException {
        Scenario scenario = ScenarioReader.read(file(GOOD.replace("""
                designs:
                  notifier: [arcangeli, lameter]
                  secondary: gru-lockless*
                """, """
                designs:
                  - {notifier: [arcangeli, lameter], secondary: gru-lockless}
                  - {notifier: lameter, secondary: [gru-lockless, gru-follow]}
                """)));
        assertEquals(
                List.of(
                        "linux-2.6.24/arcangeli/gru-lockless",
                        "linux-2.6.24/lameter/gru-lockless",
                        "linux-2.6.24/lameter/gru-follow"),
                scenario.cells().stream().map(Cell::toString).toList());
    }

    @Test
    void brokenYamlIsRefusedAtItsPlace() throws IOException {
        assertRefused("[read 0, write 0 5]", "[read 0, write 0 5", "9:8: not YAML: expected ',' or ']', but got :");
    }

    @Test
    void unknownKeyIsRefused() throws IOException {
        assertRefused(
                "title:",
                "titel:",
                "2:1: unknown key 'titel' in a scenario; known are actors, boot, designs, expect, id, invariants, memory,"
                        + " processes, reaches, results, symmetric, table, tier, title");
    }

    @Test
    void missingKeyIsRefused() throws IOException {
        assertRefused("title: A test\n", "", "1:1: a scenario needs the key 'title'");
    }

    @Test
    void idThatIsNotTheFilesNameIsRefused() throws IOException {
        assertRefused("id: test", "id: toast", "1:5: the id 'toast' must be the file's name without .yaml");
    }

    @Test
    void scopeOfZeroIsRefused() throws IOException {
        assertRefused(
                "pages: 2", "pages: 0", "3:17: expected the number of pages, a whole number from 1 to 6, not '0'");
        assertRefused("[dontneed 0]", "[]", "7:9: an actor has 1 to 8 operations, not 0");
    }

    @Test
    void allocationsSucceedUnlessTheyMayFail() throws IOException {
        Scenario without = ScenarioReader.read(file(GOOD));
        assertEquals(Allocations.SUCCEED, without.memory().allocations());
        assertFalse(without.invariants().contains(Invariants.NO_LEAKED_MEMORY));
        Scenario with = ScenarioReader.read(file(GOOD.replace("frames: 3", "frames: 3, allocations: may-fail")));
        assertEquals(Allocations.MAY_FAIL, with.memory().allocations());
        assertTrue(with.invariants().contains(Invariants.NO_LEAKED_MEMORY));
        Scenario mapping = ScenarioReader.read(file(GOOD.replace("frames: 3", "frames: 3, allocations: dma-may-fail")));
        assertEquals(Allocations.DMA_MAY_FAIL, mapping.memory().allocations());
        assertRefused(
                "frames: 3",
                "frames: 3, allocations: fail",
                "3:55: expected what allocations do, succeed, may-fail or dma-may-fail, not 'fail'");
    }

    private static final String FORKS = GOOD.replace("boot:", "processes: {child: [cpu1]}\nboot:")
            .replace("cpu0: [dontneed 0]", "cpu0: [fork child]\n  cpu1: [load 1]");

    @Test
    void processesAreReadAndTheirPagesCountedThrough() throws IOException {
        Scenario scenario = ScenarioReader.read(file(FORKS));
        assertEquals(List.of("child"), scenario.processes().children());
        assertEquals(
                List.of(new Operation.Fork("child", 0, 2, 2)), scenario.actors().get("cpu0"));
        assertEquals(List.of(new Operation.Load(3)), scenario.actors().get("cpu1"));
        assertEquals("load 1", scenario.show("cpu1", new Operation.Load(3)));
        assertTrue(scenario.invariants().contains(Invariants.MAPCOUNT_IS_MAPPINGS));
    }

    @Test
    void bootOfADroppedCpuIsDoneByOneOfItsOwnProcess() throws IOException {
        Scenario scenario = ScenarioReader.read(file(FORKS.replace("cpu1: [load 1]", "cpu2: [load 0]\n  cpu1: [load 1]")
                .replace("- cpu0: store 0 1", "- cpu2: store 0 1")));
        assertEquals(
                List.of("cpu0"),
                scenario.within(new Scenario.Scope(1, 1)).boot().stream()
                        .map(Scenario.Step::actor)
                        .toList());
        assertFalse(scenario.canBootWith(List.of("cpu1", "dev0")));
    }

    private void assertForksRefused(String from, String to, String message) throws IOException {
        assertTrue(FORKS.contains(from), from);
        assertEquals(message, refusal(FORKS.replace(from, to)));
    }

    @Test
    void processesThatCannotBeAreRefused() throws IOException {
        assertForksRefused("[cpu1]}", "[cpu3]}", "4:21: 'cpu3' is none of the actors cpu0, cpu1, dev0");
        assertForksRefused(
                "{child: [cpu1]}", "{Child: [cpu1]}", "4:13: a process is called by small letters, not 'Child'");
        assertForksRefused("{child: [cpu1]}", "{child: [cpu1], other: [cpu1]}", "4:36: 'cpu1' is of a process already");
        assertForksRefused("[fork child]", "[fork chidl]", "8:10: 'fork' expects one of 'processes', not 'chidl'");
        assertForksRefused("[load 1]", "[fork child]", "9:10: only a CPU of the first process forks");
        assertForksRefused("[fork child]", "[load 0]", "4:13: the process 'child' must be forked once, not 0 times");
        assertForksRefused(
                "[fork child]",
                "[fork child, fork child]",
                "4:13: the process 'child' must be forked once, not 2 times");
        assertForksRefused(
                "- cpu0: store 0 1", "- cpu1: store 0 1", "4:13: 'cpu1' is needed at boot before 'child' is forked");
        assertForksRefused(
                "pages: 2, tables: 2",
                "pages: 4, tables: 2",
                "4:12: all processes together have at most 6 pages, not 2 times 4");
    }

    @Test
    void unevenTablesAreRefused() throws IOException {
        assertRefused("pages: 2", "pages: 3", "3:28: 3 pages cannot be spread evenly over 2 tables");
    }

    @Test
    void unknownDesignIsRefused() throws IOException {
        assertRefused("lameter]", "lamter]", "10:25: no notifier is called 'lamter'; see 'racewalk list designs'");
        assertRefused(
                "notifier: lameter, verdict",
                "notifier: lamter, verdict",
                "13:16: no notifier is called 'lamter'; see 'racewalk list designs'");
    }

    @Test
    void unknownOperationIsRefused() throws IOException {
        assertRefused(
                "[read 0,",
                "[raed 0,",
                "8:10: expected an operation of a device (read P, write P V, prefault R, reslot R, register,"
                        + " unregister, migrate-to-device R, migrate-to-system R, evict, snapshot R, exclusive R,"
                        + " exchange P V, check-exclusive R), not 'raed 0'");
    }

    @Test
    void operationOfTheWrongActorIsRefused() throws IOException {
        assertRefused(
                "[dontneed 0]",
                "[read 0]",
                "7:10: expected an operation of a CPU (load P, store P V, munmap R, dontneed R,"
                        + " mprotect R none|read|read-write, clear-refs R, lockpage P, reclaim P, age P, migrate R,"
                        + " pin P, pin-fast P, dma P V, unpin P, writeback R, truncate R, fork NAME, exit), not 'read 0'");
    }

    @Test
    void operationsOnAFileNeedItsPages() throws IOException {
        assertRefused(
                "[dontneed 0]",
                "[writeback 0]",
                "1:1: 'writeback' and 'truncate' are of the pages of a file, 'file-pages' of a memory");
        String file = Files.readString(Path.of("scenarios", "file-truncate.yaml"));
        assertRefusedOf(
                file.replace("pages: 1, tables: 1", "pages: 2, tables: 1").replace("file-pages: 1", "file-pages: 2"),
                "'truncate' takes the range that is cut off, up to the end of the file");
        assertRefusedOf(
                file.replace("[truncate 0]", "[mprotect 0 read]"),
                "where a file is mapped CPUs do load, store, munmap, dontneed, migrate, writeback and truncate, and"
                        + " 'reclaim' of its pages; devices read and write");
        assertRefusedOf(file.replace("[truncate 0]", "[truncate 0, truncate 0]"), "a file is cut once");
        assertRefusedOf(file.replace("[truncate 0]", "[reclaim 0]"), "where a page of a file is reclaimed nobody zaps");
        assertRefusedOf(
                file.replace("    - linux-4.9", "    - one-ptlock"),
                "the mm 'one-ptlock' maps no file, as 'file-pages' needs it");
    }

    @Test
    void aDeviceBesideAFileNeedsDesignsOf2008() throws IOException {
        String file = Files.readString(Path.of("scenarios", "file-device-writeback.yaml"))
                .replace("id: file-device-writeback", "id: file-truncate");
        String needed =
                "a device beside the mapping of a file is for the mm linux-2.6.24 and i-mmap-sem and the notifiers"
                        + " of 2008 that tell of page_mkclean, not for ";
        assertRefusedOf(
                file.replace("mm: linux-2.6.24", "mm: linux-4.9"), needed + "linux-4.9/none/gru-lockless-rule-active");
        assertRefusedOf(
                file.replace("notifier: [none,", "notifier: [piggin-july,"),
                needed + "linux-2.6.24/piggin-july/gru-lockless-rule-active");
        assertRefusedOf(
                file.replace("cpu0: [writeback 0]", "cpu0: [reclaim 0]"),
                "the mm 'linux-2.6.24' does not reclaim pages of a file, as 'reclaim' needs it");
    }

    private void assertRefusedOf(String text, String complaint) throws IOException {
        Path path = folder.resolve("file-truncate.yaml");
        Files.writeString(path, text);
        MalformedFileException refused = assertThrows(MalformedFileException.class, () -> ScenarioReader.read(path));
        assertTrue(refused.getMessage().endsWith(complaint), refused.getMessage());
    }

    @Test
    void changesOfTheListOfNotifiersAreRead() throws IOException {
        Scenario scenario = ScenarioReader.read(file(GOOD.replace("[dontneed 0]", "[reclaim 1, exit]")
                .replace("[read 0, write 0 5]", "[register, read 0, unregister]")));
        assertTrue(scenario.changesNotifiers());
        assertTrue(scenario.walksRmap());
        assertFalse(scenario.startsRegistered("dev0"));
        assertFalse(FlatMemory.isRegistered(scenario.bootMemory(), 0));
        Scenario registered = ScenarioReader.read(file(GOOD.replace("[read 0,", "[unregister,")));
        assertTrue(registered.startsRegistered("dev0"));
        assertTrue(FlatMemory.isRegistered(registered.bootMemory(), 0));
    }

    @Test
    void changesOfTheListOfNotifiersThatCannotBeAreRefused() throws IOException {
        assertRefused("[read 0,", "[register 0,", "8:10: 'register' takes no argument");
        assertRefused("[dontneed 0]", "[exit 0]", "7:10: 'exit' takes no argument");
        assertRefused(
                "[dontneed 0]",
                "[reclaim 0]",
                "1:1: page 0 is reclaimed, and there is no swap: nobody may store to it");
        assertEquals(
                "1:1: the list of the notifier 'none' does not change while the actors run, as 'register', 'unregister' and"
                        + " 'exit' need it",
                refusal(GOOD.replace("[dontneed 0]", "[exit]").replace("[arcangeli, lameter]", "[none, lameter]")));
        assertEquals(
                "1:1: 'register', 'unregister' and 'exit' are no operations of the boot: a device is registered from the"
                        + " beginning unless its actor registers it",
                refusal(GOOD.replace("cpu0: store 0 1", "dev0: register").replace("[read 0,", "[register, read 0,")));
    }

    @Test
    void ageingBeyondWhatFlatMemoryKeepsAccountOfIsRefused() throws IOException {
        String large = GOOD.replaceFirst("pages: \\d, tables: \\d", "pages: 6, tables: 1");
        assertEquals(
                "7:10: 'age' is of a scenario with at most 5 pages", refusal(large.replace("[dontneed 0]", "[age 3]")));
        String forks = GOOD.replace("actors:", "processes: {child: [cpu1]}\nactors:")
                .replace("[dontneed 0]", "[age 0, fork child]\n  cpu1: [load 0]");
        assertEquals("8:10: 'age' is of a page with one mapping, so of a scenario with one process", refusal(forks));
    }

    @Test
    void deviceThatItsNotifierDoesNotTellIsRefused() throws IOException {
        String designs = GOOD.replaceFirst("secondary: .*", "secondary: hmm-2015");
        assertEquals(
                "1:1: 'hmm-2015' is told by the notifiers ranges and ranges-rmap alone, not by 'arcangeli'",
                refusal(designs));
    }

    @Test
    void exclusiveAccessThatCannotBeSetUpIsRefused() throws IOException {
        String exclusive = GOOD.replace("read 0, ", "exclusive 0, ");
        assertEquals(
                "1:1: 'exclusive', 'exchange' and 'check-exclusive' are for the mm linux-7.0, the notifier interval and"
                        + " the secondary MMU dmirror and their variants, not for"
                        + " linux-2.6.24/arcangeli/gru-lockless",
                refusal(exclusive));
        assertEquals(
                "1:1: 'exclusive', 'exchange' and 'check-exclusive' are not of the boot alone, and of a memory whose"
                        + " allocations succeed",
                refusal(GOOD.replace("cpu0: store 0 1", "dev0: exclusive 0")));
    }

    @Test
    void softDirtyBitsOfWhichTheNotifierDoesNotTellAreRefused() throws IOException {
        assertEquals(
                "1:1: the notifier 'arcangeli' has no call for 'clear-refs': only ranges and ranges-rmap have",
                refusal(GOOD.replace("[dontneed 0]", "[clear-refs 0]")));
    }

    @Test
    void migrationsThatCannotBeSetUpAreRefused() throws IOException {
        String pins = GOOD.replace("[dontneed 0]", "[pin 0, unpin 0]");
        for (String step : List.of("migrate 0..1", "pin 0", "dma 0 1", "unpin 0")) {
            assertEquals(
                    "1:1: 'migrate', 'pin', 'dma' and 'unpin' are no operations of the boot",
                    refusal(pins.replace("cpu0: store 0 1", "cpu0: " + step)),
                    step);
        }
        assertEquals(
                "1:1: where pages migrate the device is registered from the boot on",
                refusal(pins.replace("[read 0,", "[register, read 0,").replace("[arcangeli, lameter]", "[lameter]")));
        assertEquals(
                "1:1: 'unpin' is of a page that cpu0 has pinned", refusal(GOOD.replace("[dontneed 0]", "[unpin 0]")));
    }

    @Test
    void pageOutOfRangeIsRefused() throws IOException {
        assertRefused("[dontneed 0]", "[dontneed 2]", "7:10: 'dontneed' expects a page from 0 to 1, not '2'");
        assertRefused(
                "[dontneed 0]", "[dontneed 1..0]", "7:10: 'dontneed' expects a range such as 0 or 0..1, not '1..0'");
    }

    @Test
    void missingArgumentIsRefused() throws IOException {
        assertRefused("write 0 5", "write 0", "8:18: 'write' takes 2 arguments (a page and a value), not 1");
    }

    @Test
    void unknownActorIsRefused() throws IOException {
        assertRefused("  cpu0: [", "  gpu0: [", "7:3: an actor is called cpu0, cpu1, … or dev0, dev1, …, not 'gpu0'");
        assertRefused("- cpu0: store", "- cpu1: store", "5:5: 'cpu1' is none of the actors cpu0, dev0");
    }

    @Test
    void cellWithoutAnExpectationIsRefused() throws IOException {
        assertRefused(
                "  - verdict: PROVED\n",
                "",
                "13:3: no expectation matches the cell linux-2.6.24/arcangeli/gru-lockless");
    }

    @Test
    void unknownVerdictIsRefused() throws IOException {
        assertRefused(
                "- verdict: PROVED",
                "- verdict: TRUE",
                "14:14: expected a verdict, one of [PROVED, REFUTED, UNKNOWN], not 'TRUE'");
    }

    @Test
    void emptyFileAndFolderAndMissingFileAreRefused() throws IOException {
        assertEquals("1:1: the file is empty", refusal(""));
        MalformedFileException isFolder = assertThrows(MalformedFileException.class, () -> ScenarioReader.read(folder));
        assertEquals(folder + ": is a directory; name a YAML file in it", isFolder.getMessage());
        Path missing = folder.resolve("missing.yaml");
        MalformedFileException isMissing =
                assertThrows(MalformedFileException.class, () -> ScenarioReader.read(missing));
        assertEquals(missing + ": there is no such file", isMissing.getMessage());
    }

    @Test
    void textThatIsNoTextIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("test.yaml"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0x41});
        MalformedFileException refused = assertThrows(MalformedFileException.class, () -> ScenarioReader.read(file));
        assertEquals(file + ": is not UTF-8 text", refused.getMessage());
    }

    @Test
    void symmetryThatCannotBeIsRefused() throws IOException {
        String twins = GOOD.replace("cpu0: [dontneed 0]\n", "cpu0: [dontneed 0]\n  cpu1: [dontneed 0]\n")
                .replace("designs:\n", "symmetric:\n  - {actors: [cpu0, cpu1]}\ndesigns:\n");
        assertEquals(
                List.of(new Cycle(List.of("cpu0", "cpu1"), List.of())),
                ScenarioReader.read(file(twins)).symmetric());
        assertSymmetryRefused(twins, "cpu1: [dontneed 0]", "cpu1: [dontneed 1]", "11:5: 'cpu0' and 'cpu1' are not");
        assertSymmetryRefused(twins, "[cpu0, cpu1]", "[cpu0, cpu0]", "11:21: expected another of the actors");
        assertSymmetryRefused(twins, "[cpu0, cpu1]", "[cpu0]", "11:14: a cycle has at least two actors");
        assertSymmetryRefused(twins, "[cpu0, cpu1]", "[cpu0, dev0]", "11:5: 'cpu0' and 'dev0' are not symmetric");
        assertSymmetryRefused(
                twins, "[cpu0, cpu1]", "[cpu0, cpu1], pages: [0, 1]", "11:35: pages are symmetric only within one");
    }

    private void assertSymmetryRefused(String good, String from, String to, String message) throws IOException {
        String bad = good.replace(from, to);
        assertFalse(good.equals(bad), from);
        MalformedFileException refused =
                assertThrows(MalformedFileException.class, () -> ScenarioReader.read(file(bad)));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }
}
