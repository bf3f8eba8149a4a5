package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import racewalk.explore.Budget;
import racewalk.explore.Progress;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mutex;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Fault;
import racewalk.mm.Fork;
import racewalk.mm.MmuGather;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;
import racewalk.mm.TlbFlush;
import racewalk.mm.Unmap;
import racewalk.notifier.Arcangeli;
import racewalk.secondary.Gru;
import racewalk.secondary.NotifiedMmu;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.About;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/** A checker that finds nothing may be blind: each of these faults is planted, and found. */
class PlantedFaultsTest {

    private static final Scenario DONTNEED =
            ScenarioReader.read(Path.of("../specs/scenarios/dontneed.yaml")).within(new Scenario.Scope(2, 1));
    private static final Design.Mm LINUX = (Design.Mm) Designs.of(Kind.MM).getFirst();
    private static final Design.Notifier ARCANGELI = notifier("arcangeli");
    private static final Design.Secondary GRU = secondary("gru-ptlock");

    private static Design.Notifier notifier(String id) {
        return (Design.Notifier) Designs.find(Kind.NOTIFIER, id).orElseThrow();
    }

    private static Design.Secondary secondary(String id) {
        return (Design.Secondary) Designs.find(Kind.SECONDARY, id).orElseThrow();
    }

    private static About planted(String title) {
        return new About("planted", title, "planted");
    }

    private static Set<String> violated(Cell cell) {
        return violated(DONTNEED, cell);
    }

    private static Set<String> violated(Scenario scenario, Cell cell) {
        Checker checker = new Checker(Settings.of(Strategy.SLEEP), Budget.of(Duration.ofMinutes(2)), false);
        CellResult result = checker.check(scenario, cell, Progress.NONE);
        assertTrue(result.exhausted(), result.why());
        return new TreeSet<>(result.violations().stream()
                .map(violation -> violation.finding().property())
                .toList());
    }

    @Test
    void nothingIsFoundWhereNothingIsPlanted() {
        assertEquals(Set.of(), violated(new Cell(LINUX, ARCANGELI, GRU)));
    }

    /** Arcangeli's calls, but where Lameter has his end: after the pages have been released. */
    private static final class LateArcangeli extends Arcangeli {
        LateArcangeli(Machine machine) {
            super(machine);
        }

        @Override
        public void zapClearedPteLocked(int address) {
            // too early for this design
        }

        @Override
        public void afterTlbFinish(int start, int end) {
            changedLeafLocked(start, end);
        }
    }

    @Test
    void pageReferenceDroppedBeforeTheNotify() {
        Design.Notifier late = new Design.Notifier(planted("late"), machine -> {
            LateArcangeli notifier = new LateArcangeli(machine);
            return new Design.Attached(notifier, notifier::register);
        });
        assertTrue(violated(new Cell(LINUX, late, GRU)).contains("NoTranslationOutlivesItsPage"));
    }

    @Test
    void tlbFlushedAfterThePageIsFreed() {
        Design.Mm flushLate = new Design.Mm(planted("flush late"), (mm, sites) -> new Unmap(mm, sites) {
            @Override
            protected MmuGather gather(AddressSpace of, TlbFlush flush) {
                return new MmuGather(of, flush) {
                    @Override
                    protected void flushMmu() {
                        freeAll();
                        flushTlb();
                    }
                };
            }
        });
        Set<String> violated = violated(new Cell(flushLate, ARCANGELI, GRU));
        assertTrue(violated.contains("NoTranslationOutlivesItsPage"), violated.toString());
    }

    @Test
    void pageThatWasToBeCopiedIsKeptWhenThereIsNoMemory() {
        Design.Mm leaking = new Design.Mm(
                planted("leak"),
                Unmap::new,
                (mm, sites) -> new Fault(mm, sites) {
                    @Override
                    protected void releaseUncopied(Page oldPage) {}
                },
                Fork::new);
        Scenario scenario = ScenarioReader.read(Path.of("../specs/scenarios/out-of-memory.yaml"));
        assertEquals(Set.of("RefcountIsHoldersPlusMappings"), violated(scenario, new Cell(leaking, ARCANGELI, GRU)));
    }

    /** Range begin and end with a handler that does not ask whether a range is active: the collision is not retried. */
    @Test
    void retryCheckLeftOut() {
        Design.Notifier lameter = notifier("lameter");
        assertEquals(Set.of(), violated(new Cell(LINUX, lameter, secondary("gru-ptlock-rule-active"))));
        Set<String> violated = violated(new Cell(LINUX, lameter, secondary("gru-ptlock-rule")));
        assertTrue(violated.contains("NoTranslationOutlivesItsPage"), violated.toString());
    }

    /** A device that delegates to a right one; a fault overrides one of its methods. */
    private abstract static class Faulty implements NotifiedMmu {
        protected final NotifiedMmu right;
        protected final AddressSpace mm;

        Faulty(NotifiedMmu right, AddressSpace mm) {
            this.right = right;
            this.mm = mm;
        }

        @Override
        public long read(int address) {
            return right.read(address);
        }

        @Override
        public long write(int address, long value) {
            return right.write(address, value);
        }

        @Override
        public void prefault(int start, int end) {
            right.prefault(start, end);
        }

        @Override
        public List<Pte> peek(int address) {
            return right.peek(address);
        }

        @Override
        public long peekPins(int pfn) {
            return right.peekPins(pfn);
        }

        @Override
        public List<Word> words() {
            return right.words();
        }

        @Override
        public void invalidatePage(int address) {
            right.invalidatePage(address);
        }

        @Override
        public void invalidatePages(int start, int end) {
            right.invalidatePages(start, end);
        }

        @Override
        public void invalidateRangeBegin(int start, int end) {
            right.invalidateRangeBegin(start, end);
        }

        @Override
        public void invalidateRangeEnd(int start, int end) {
            right.invalidateRangeEnd(start, end);
        }

        @Override
        public void unmap(int address) {
            right.unmap(address);
        }

        @Override
        public void invalidateRange(int start, int end) {
            right.invalidateRange(start, end);
        }
    }

    /** Makes a faulty device from a right one. */
    private interface Plant {
        Faulty in(NotifiedMmu right, AddressSpace mm);
    }

    private static Set<String> violatedBy(Plant plant) {
        Gru.Variant variant = new Gru.Variant(Gru.Lookup.PT_LOCK, false, false, false);
        Design.Secondary faulty = new Design.Secondary(
                planted("faulty"), (name, mm, gup) -> plant.in(new Gru(name, mm, gup, variant), mm));
        return violated(new Cell(LINUX, ARCANGELI, faulty));
    }

    @Test
    void lockOrderInversion() {
        assertEquals(Set.of("LockOrder"), violatedBy((right, mm) -> new Faulty(right, mm) {
            private final SpinLock lock = mm.machine().spinLock(LockClass.GRU_ASID, "device lock");

            @Override
            public long write(int address, long value) {
                lock.lock();
                mm.pageTable().leafOf(address).ptl().lock(); // the notifier takes them in the other order
                mm.pageTable().leafOf(address).ptl().unlock();
                lock.unlock();
                return right.write(address, value);
            }
        }));
    }

    @Test
    void sleepingCallUnderThePtLock() {
        assertEquals(Set.of("SleepInAtomic"), violatedBy((right, mm) -> new Faulty(right, mm) {
            private final Mutex recall = mm.machine().mutex(LockClass.GRU_CONTEXT, "recall");

            @Override
            public void invalidatePage(int address) {
                recall.lock(); // as XPMEM would, to tell its remote side
                right.invalidatePage(address);
                recall.unlock();
            }
        }));
    }

    @Test
    void leakedLock() {
        Set<String> violated = violatedBy((right, mm) -> new Faulty(right, mm) {
            private final SpinLock lock = mm.machine().spinLock(LockClass.GRU_ASID, "device lock");

            @Override
            public long write(int address, long value) {
                long done = right.write(address, value);
                lock.lock();
                return done;
            }
        });
        assertEquals(Set.of("LockLeaked"), violated);
    }

    @Test
    void missingUnlockOnAnErrorPath() {
        Set<String> violated = violatedBy((right, mm) -> new Faulty(right, mm) {
            @Override
            public long write(int address, long value) {
                mm.mmapLock().downRead();
                PageTable.Leaf leaf = mm.pageTable().leafOf(address);
                if (new Pte(mm.pageTable().pte(leaf, address).readOnce()).isNone()) {
                    return DENIED; // without up_read: only if the zap came first
                }
                mm.mmapLock().upRead();
                return right.write(address, value);
            }
        });
        assertTrue(violated.contains("LockLeaked"), violated.toString());
    }

    @Test
    void notifierThatTellsNobody() {
        Design.Notifier silent = new Design.Notifier(
                planted("silent"), machine -> new Design.Attached(NotifierSites.NONE, device -> {}));
        Set<String> violated = violated(new Cell(LINUX, silent, GRU));
        assertTrue(violated.contains("NoTranslationOutlivesItsPage"), violated.toString());
    }
}
