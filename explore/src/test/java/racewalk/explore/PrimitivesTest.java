package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Invariant;
import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.PageLock;
import racewalk.machine.Program;
import racewalk.machine.RawLock;
import racewalk.machine.Rcu;
import racewalk.machine.ReadSection;
import racewalk.machine.RefCount;
import racewalk.machine.RwSemaphore;
import racewalk.machine.SeqCount;
import racewalk.machine.Slab;
import racewalk.machine.SpinLock;
import racewalk.machine.Srcu;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;

/** Each primitive of the machine, right and wrong use of it, under every interleaving. */
class PrimitivesTest {

    private enum Marks implements Mark {
        BOTH_READERS_INSIDE
    }

    private static Set<String> violated(Program.Factory factory) {
        Exploration exploration = Toy.explore(factory);
        assertTrue(exploration.isExhaustive());
        return exploration.findings().keySet();
    }

    private static Invariant at(Word word, String name, long wrong) {
        return new Invariant(name, List.of(word), () -> word.peek() == wrong ? word + " is " + wrong : null);
    }

    /** Two tasks increment a word by a read and a write, each inside what {@code enter} and {@code leave} do. */
    private static Program.Factory increments(java.util.function.Function<racewalk.machine.Machine, Runnable[]> lock) {
        return machine -> {
            Word count = machine.word("count", 0);
            Word ended = machine.word("ended", 0);
            Runnable[] enterAndLeave = lock.apply(machine);
            Runnable body = () -> {
                enterAndLeave[0].run();
                count.writeOnce(count.readOnce() + 1);
                enterAndLeave[1].run();
                ended.add(1);
            };
            Invariant noneLost = new Invariant(
                    "NoneLost",
                    List.of(count, ended),
                    () -> ended.peek() == 2 && count.peek() != 2 ? "count is " + count.peek() : null);
            return new Toy(machine).task(body).task(body).invariant(noneLost).program();
        };
    }

    @Test
    void incrementIsLostWithoutALock() {
        assertEquals(Set.of("NoneLost"), violated(increments(machine -> new Runnable[] {() -> {}, () -> {}})));
    }

    @Test
    void noIncrementIsLostUnderASpinLock() {
        assertEquals(Set.of(), violated(increments(machine -> {
            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
            return new Runnable[] {lock::lock, lock::unlock};
        })));
    }

    @Test
    void noIncrementIsLostUnderAPageLock() {
        assertEquals(Set.of(), violated(increments(machine -> {
            PageLock lock = machine.pageLock("lock");
            return new Runnable[] {lock::lock, lock::unlock};
        })));
    }

    @Test
    void noIncrementIsLostUnderAMutex() {
        assertEquals(Set.of(), violated(increments(machine -> {
            Mutex lock = machine.mutex(LockClass.GRU_CONTEXT, "lock");
            return new Runnable[] {lock::lock, lock::unlock};
        })));
    }

    @Test
    void noIncrementIsLostUnderASemaphoreHeldForWrite() {
        assertEquals(Set.of(), violated(increments(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            return new Runnable[] {lock::downWrite, lock::upWrite};
        })));
    }

    @Test
    void incrementIsLostUnderASemaphoreHeldForRead() {
        assertEquals(Set.of("NoneLost"), violated(increments(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            return new Runnable[] {lock::downRead, lock::upRead};
        })));
    }

    /** A writer that may have become a reader, and a reader: whether both are inside at once. */
    private static List<String> marksOfWriterAndReader(boolean downgrades) {
        Exploration exploration = Toy.explore(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            Word inside = machine.word("inside", 0);
            Runnable enter = () -> {
                if (inside.fetchAdd(1) == 1) {
                    machine.reach(Marks.BOTH_READERS_INSIDE);
                }
                inside.add(-1);
            };
            return new Toy(machine)
                    .task(() -> {
                        lock.downWrite();
                        if (downgrades) {
                            lock.downgradeWrite();
                            enter.run();
                            lock.upRead();
                        } else {
                            enter.run();
                            lock.upWrite();
                        }
                    })
                    .task(() -> {
                        lock.downRead();
                        enter.run();
                        lock.upRead();
                    })
                    .program();
        });
        assertEquals(Set.of(), exploration.findings().keySet());
        return exploration.marks();
    }

    @Test
    void writerThatDowngradesLetsReadersIn() {
        assertEquals(List.of("PrimitivesTest.BOTH_READERS_INSIDE"), marksOfWriterAndReader(true));
        assertEquals(List.of(), marksOfWriterAndReader(false));
    }

    @Test
    void noIncrementIsLostUnderASemaphoreThatIsDowngraded() {
        assertEquals(Set.of(), violated(increments(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            return new Runnable[] {
                () -> {
                    lock.downWrite();
                    lock.downgradeWrite();
                },
                lock::upRead
            };
        })));
    }

    @Test
    void readersShareASemaphore() {
        Exploration exploration = Toy.explore(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            Word inside = machine.word("inside", 0);
            Runnable reader = () -> {
                lock.downRead();
                if (inside.fetchAdd(1) == 1) {
                    machine.reach(Marks.BOTH_READERS_INSIDE);
                }
                inside.add(-1);
                lock.upRead();
            };
            return new Toy(machine).task(reader).task(reader).program();
        });
        assertEquals(Set.of(), exploration.findings().keySet());
        assertEquals(List.of("PrimitivesTest.BOTH_READERS_INSIDE"), exploration.marks());
    }

    /** A reader that waits for another reader deadlocks if a writer has queued between them. */
    @Test
    void readerBehindAQueuedWriterIsFound() {
        assertEquals(Set.of("Deadlock"), violated(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            Word inside = machine.word("inside", 0);
            return new Toy(machine)
                    .task(() -> {
                        lock.downRead();
                        inside.await("wait for the other reader", Guard.is(1));
                        lock.upRead();
                    })
                    .task(() -> {
                        lock.downRead();
                        inside.writeOnce(1);
                        lock.upRead();
                    })
                    .task(() -> {
                        lock.downWrite();
                        lock.upWrite();
                    })
                    .program();
        }));
    }

    private static Program.Factory sleeper(boolean wakes) {
        return machine -> {
            WaitQueue queue = machine.waitQueue("queue");
            Word condition = machine.word("condition", 0);
            return new Toy(machine)
                    .task(() -> {
                        while (true) {
                            queue.prepareToWait();
                            if (condition.readOnce() != 0) {
                                break;
                            }
                            queue.schedule();
                        }
                        queue.finishWait();
                    })
                    .task(() -> {
                        condition.writeOnce(1);
                        if (wakes) {
                            queue.wakeUpAll();
                        }
                    })
                    .program();
        };
    }

    @Test
    void sleeperIsWoken() {
        assertEquals(Set.of(), violated(sleeper(true)));
    }

    @Test
    void forgottenWakeUpIsFoundThoughTheConditionIsTrue() {
        assertEquals(Set.of("Deadlock"), violated(sleeper(false)));
    }

    @Test
    void wakeUpBeforeTheSleeperQueuedIsLost() {
        assertEquals(Set.of("Deadlock"), violated(machine -> {
            WaitQueue queue = machine.waitQueue("queue");
            Word condition = machine.word("condition", 0);
            return new Toy(machine)
                    .task(() -> {
                        if (condition.readOnce() == 0) {
                            queue.prepareToWait(); // too late: the condition is not looked at again
                            queue.schedule();
                        }
                    })
                    .task(() -> {
                        condition.writeOnce(1);
                        queue.wakeUpAll();
                    })
                    .program();
        }));
    }

    private static Program.Factory tornPair(boolean retries) {
        return machine -> {
            SeqCount sequence = machine.seqCount("sequence");
            Word[] pair = machine.words("pair", 2, 0, Word.Format.DECIMAL);
            return new Toy(machine)
                    .task(() -> {
                        sequence.writeBegin();
                        pair[0].writeOnce(1);
                        pair[1].writeOnce(1);
                        sequence.writeEnd();
                    })
                    .task(() -> {
                        long begin = sequence.readBegin();
                        long one = pair[0].readOnce();
                        long other = pair[1].readOnce();
                        boolean again = sequence.readRetry(begin);
                        machine.bugOn((!again || !retries) && one != other, "a torn pair");
                    })
                    .program();
        };
    }

    @Test
    void sequenceReaderThatChecksSeesNoTornPair() {
        assertEquals(Set.of(), violated(tornPair(true)));
    }

    @Test
    void sequenceReaderThatDoesNotCheckSeesATornPair() {
        assertEquals(Set.of("Bug"), violated(tornPair(false)));
    }

    private static Program.Factory freed(boolean synchronizes) {
        return machine -> {
            Rcu rcu = machine.rcu("rcu");
            Slab<Word> slab = machine.slab("slab", 1, i -> machine.word("object", 7));
            Word published = machine.word("published", 0);
            published.writeOnce(slab.indexOf(slab.alloc()) + 1);
            return new Toy(machine)
                    .task(() -> {
                        rcu.readLock();
                        long pointer = published.readOnce();
                        if (pointer != 0) {
                            slab.get((int) pointer - 1).readOnce();
                        }
                        rcu.readUnlock();
                    })
                    .task(() -> {
                        Word object = slab.get((int) published.xchg(0) - 1);
                        if (synchronizes) {
                            rcu.synchronize();
                        }
                        slab.free(object);
                    })
                    .program();
        };
    }

    @Test
    void objectFreedAfterAGracePeriodIsNotRead() {
        assertEquals(Set.of(), violated(freed(true)));
    }

    @Test
    void objectFreedWithoutAGracePeriodIsReadAfterItWasFreed() {
        assertEquals(Set.of("UseAfterFree"), violated(freed(false)));
    }

    /** The same for SRCU, whose reader sleeps: until the object has been unpublished, or for a mutex. */
    private static Program.Factory freedWhileTheReaderSleeps(boolean srcu, boolean synchronizes) {
        return machine -> {
            ReadSection section = srcu ? machine.srcu("srcu") : machine.rcu("rcu");
            Mutex mutex = machine.mutex(LockClass.PAGE_LOCK, "mutex");
            Slab<Word> slab = machine.slab("slab", 1, i -> machine.word("object", 7));
            Word published = machine.word("published", 0);
            published.writeOnce(slab.indexOf(slab.alloc()) + 1);
            return new Toy(machine)
                    .task(() -> {
                        section.readLock();
                        long pointer = published.readOnce();
                        mutex.lock();
                        mutex.unlock();
                        if (pointer != 0) {
                            slab.get((int) pointer - 1).readOnce();
                        }
                        section.readUnlock();
                    })
                    .task(() -> {
                        mutex.lock();
                        Word object = slab.get((int) published.xchg(0) - 1);
                        mutex.unlock();
                        if (synchronizes) {
                            section.synchronize();
                        }
                        slab.free(object);
                    })
                    .program();
        };
    }

    @Test
    void srcuReaderMaySleepAndIsWaitedFor() {
        assertEquals(Set.of(), violated(freedWhileTheReaderSleeps(true, true)));
        assertEquals(Set.of("UseAfterFree"), violated(freedWhileTheReaderSleeps(true, false)));
        assertEquals(Set.of("SleepInAtomic"), violated(freedWhileTheReaderSleeps(false, true)));
    }

    /** Who waits in a read section of his own waits for himself. */
    @Test
    void srcuReaderThatSynchronizesDeadlocks() {
        assertEquals(Set.of("Deadlock"), violated(machine -> {
            Srcu srcu = machine.srcu("srcu");
            return new Toy(machine)
                    .task(() -> {
                        srcu.readLock();
                        srcu.synchronize();
                        srcu.readUnlock();
                    })
                    .program();
        }));
    }

    @Test
    void srcuReadSectionThatIsNotLeftIsFound() {
        assertEquals(Set.of("LockLeaked"), violated(machine -> {
            Srcu srcu = machine.srcu("srcu");
            return new Toy(machine).task(srcu::readLock).program();
        }));
    }

    /** A grace period waits for the readers that were there when it began, and not for later ones. */
    @Test
    void gracePeriodEndsThoughAnotherReaderIsAlwaysInside() {
        assertEquals(Set.of(), violated(machine -> {
            Rcu rcu = machine.rcu("rcu");
            Word over = machine.word("over", 0);
            return new Toy(machine)
                    .task(() -> {
                        rcu.synchronize();
                        over.writeOnce(1);
                    })
                    .task(() -> {
                        rcu.readLock();
                        rcu.readUnlock();
                        rcu.readLock();
                        rcu.readUnlock();
                    })
                    .invariant(at(over, "Never", 2))
                    .program();
        }));
    }

    /** The last reference unpublishes and frees, after a grace period; a lookup takes a reference in a read section. */
    private static Program.Factory lookup(boolean notZero) {
        return machine -> {
            Slab<RefCount> slab = machine.slab("slab", 1, i -> machine.refCount("count", 1));
            RefCount object = slab.alloc();
            Word published = machine.word("published", 1);
            Rcu rcu = machine.rcu("rcu");
            Runnable put = () -> {
                if (object.decAndTest()) {
                    published.writeOnce(0);
                    rcu.synchronize();
                    slab.free(object);
                }
            };
            return new Toy(machine)
                    .task(put)
                    .task(() -> {
                        rcu.readLock();
                        boolean got = published.readOnce() != 0;
                        if (got && notZero) {
                            got = object.incNotZero();
                        } else if (got) {
                            object.inc();
                        }
                        rcu.readUnlock();
                        if (got) {
                            put.run();
                        }
                    })
                    .program();
        };
    }

    @Test
    void referenceTakenUnlessZeroKeepsTheObject() {
        assertEquals(Set.of(), violated(lookup(true)));
    }

    @Test
    void referenceTakenFromZeroFreesTheObjectTwice() {
        Set<String> violated = violated(lookup(false));
        assertTrue(violated.contains("DoubleFree") || violated.contains("UseAfterFree"), violated.toString());
    }

    @Test
    void lockOrderInversionIsFoundInOneTaskAlone() {
        assertEquals(Set.of("LockOrder"), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            SpinLock mmuLock = machine.spinLock(LockClass.KVM_MMU_LOCK, "mmu_lock");
            return new Toy(machine)
                    .task(() -> {
                        mmuLock.lock();
                        ptl.lock();
                        ptl.unlock();
                        mmuLock.unlock();
                    })
                    .program();
        }));
    }

    @Test
    void nestedLocksOfOneClassNeedTheirLevel() {
        assertEquals(Set.of(), violated(machine -> {
            SpinLock destination = machine.spinLock(LockClass.PT_LOCK, "destination");
            SpinLock source = machine.spinLock(LockClass.PT_LOCK, "source");
            return new Toy(machine)
                    .task(() -> {
                        destination.lock();
                        source.lockNested(1);
                        source.unlock();
                        destination.unlock();
                    })
                    .program();
        }));
        assertEquals(Set.of("LockOrder"), violated(machine -> {
            SpinLock destination = machine.spinLock(LockClass.PT_LOCK, "destination");
            SpinLock source = machine.spinLock(LockClass.PT_LOCK, "source");
            return new Toy(machine)
                    .task(() -> {
                        destination.lock();
                        source.lock();
                    })
                    .program();
        }));
    }

    @Test
    void sleepingUnderASpinLockIsFound() {
        assertEquals(Set.of("SleepInAtomic"), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            WaitQueue queue = machine.waitQueue("queue");
            return new Toy(machine)
                    .task(() -> {
                        ptl.lock();
                        queue.prepareToWait();
                    })
                    .program();
        }));
    }

    @Test
    void pageLockMayBeTriedUnderASpinLockAndNotWaitedFor() {
        assertEquals(Set.of(), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            PageLock page = machine.pageLock("page");
            return new Toy(machine)
                    .task(() -> {
                        ptl.lock();
                        if (page.tryLockPage()) {
                            page.unlock();
                        }
                        ptl.unlock();
                    })
                    .program();
        }));
        assertEquals(Set.of("SleepInAtomic"), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            PageLock page = machine.pageLock("page");
            return new Toy(machine)
                    .task(() -> {
                        ptl.lock();
                        page.lock();
                    })
                    .program();
        }));
    }

    @Test
    void lockThatIsNotReleasedIsFoundWhenTheOperationEnds() {
        assertEquals(Set.of("LockLeaked"), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            return new Toy(machine).task(ptl::lock).program();
        }));
    }

    @Test
    void lockOfAnotherTaskCannotBeReleased() {
        assertEquals(Set.of("UnlockNotOwned"), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            return new Toy(machine).task(ptl::unlock).program();
        }));
    }

    @Test
    void semaphoreIsReleasedAsItIsHeld() {
        assertEquals(Set.of("UnlockNotOwned"), violated(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "mmap_lock");
            return new Toy(machine)
                    .task(() -> {
                        lock.downRead();
                        lock.upWrite();
                    })
                    .program();
        }));
        assertEquals(Set.of("UnlockNotOwned"), violated(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "mmap_lock");
            return new Toy(machine)
                    .task(() -> {
                        lock.downWrite();
                        lock.upRead();
                    })
                    .program();
        }));
    }

    @Test
    void onlyAWriterDowngrades() {
        assertEquals(Set.of("UnlockNotOwned"), violated(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "mmap_lock");
            return new Toy(machine)
                    .task(() -> {
                        lock.downRead();
                        lock.downgradeWrite();
                    })
                    .program();
        }));
        assertEquals(Set.of("LockNotHeld"), violated(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "mmap_lock");
            return new Toy(machine)
                    .task(() -> {
                        lock.downWrite();
                        lock.downgradeWrite();
                        lock.assertHeldForWrite();
                        lock.upRead();
                    })
                    .program();
        }));
    }

    @Test
    void readerDoesNotPassForAWriter() {
        assertEquals(Set.of("LockNotHeld"), violated(machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "mmap_lock");
            return new Toy(machine)
                    .task(() -> {
                        lock.downRead();
                        lock.assertHeldForWrite();
                        lock.upRead();
                    })
                    .program();
        }));
    }

    @Test
    void lockIsReleasedInAFinallyBlock() {
        assertEquals(Set.of(), violated(machine -> {
            SpinLock ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            Word word = machine.word("word", 0);
            return new Toy(machine)
                    .task(() -> {
                        ptl.lock();
                        try {
                            word.writeOnce(1);
                        } finally {
                            ptl.unlock();
                        }
                    })
                    .program();
        }));
    }

    @Test
    void deadlockNamesItsCycleOfOwners() {
        Exploration exploration = Toy.explore(machine -> {
            RawLock a = new RawLock(machine, "a");
            RawLock b = new RawLock(machine, "b");
            return new Toy(machine)
                    .task(() -> {
                        a.lock();
                        b.lock();
                        b.unlock();
                        a.unlock();
                    })
                    .task(() -> {
                        b.lock();
                        a.lock();
                        a.unlock();
                        b.unlock();
                    })
                    .program();
        });
        assertEquals(
                "t0 waits in raw_lock for b, held by t1; t1 waits in raw_lock for a, held by t0",
                exploration.findings().get("Deadlock").message());
    }

    @Test
    void choiceIsTriedInEveryWay() {
        Exploration exploration = Toy.explore(machine -> {
            Word word = machine.word("word", 0);
            return new Toy(machine)
                    .task(() -> word.writeOnce(machine.choose("which", 3)))
                    .invariant(at(word, "NotOne", 1))
                    .invariant(at(word, "NotTwo", 2))
                    .program();
        });
        assertEquals(Set.of("NotOne", "NotTwo"), exploration.findings().keySet());
    }

    @Test
    void nullPointerIsAnOopsAndNotAFailureOfTheTool() {
        assertEquals(Set.of("Oops"), violated(machine -> {
            Word word = machine.word("word", 0);
            Word[] table = {null, word};
            return new Toy(machine)
                    .task(() -> table[(int) word.readOnce()].readOnce())
                    .program();
        }));
        assertEquals(Set.of("Oops"), violated(machine -> {
            Word word = machine.word("word", 0);
            HardwareUnit unit = machine.unit("unit");
            return new Toy(machine)
                    .task(() -> unit.step("divide", () -> 1 / word.readOnce()))
                    .program();
        }));
    }

    @Test
    void memoryInsideMemoryIsRefused() {
        EngineMisuse refused = assertThrows(
                EngineMisuse.class,
                () -> Toy.explore(machine -> {
                    Word outer = machine.word("outer free", 1);
                    Word inner = machine.word("inner free", 1);
                    machine.within(outer, 1, () -> machine.within(inner, 1, () -> machine.word("object", 0)));
                    return new Toy(machine).program();
                }));
        assertEquals("memory inside memory: inner free inside outer free", refused.getMessage());
    }
}
