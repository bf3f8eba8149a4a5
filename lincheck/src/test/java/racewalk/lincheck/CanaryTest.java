package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import racewalk.lincheck.Result.Status;
import racewalk.lincheck.Search.Strategy;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mutex;
import racewalk.machine.Order;
import racewalk.machine.PageLock;
import racewalk.machine.Rcu;
import racewalk.machine.RefCount;
import racewalk.machine.RwSemaphore;
import racewalk.machine.SeqCount;
import racewalk.machine.Slab;
import racewalk.machine.SpinLock;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;

/**
 * A planted fault for each primitive of the machine. Lincheck takes some constructs of Java for no place to be
 * preempted, silently: a primitive that it does not see would make every search of it green.
 */
class CanaryTest {

    private static final int BUDGET = 20_000;

    private static Result search(Case toy) {
        return Search.of(toy, Strategy.MODEL_CHECKING, BUDGET);
    }

    private static Arguments primitive(String name, Function<Machine, Runnable> make) {
        return Arguments.of(name, make);
    }

    private static Arguments word(String name, Consumer<Word> access) {
        return primitive(name, machine -> {
            Word word = machine.word("word", 1);
            return () -> access.accept(word);
        });
    }

    private static Stream<Arguments> orders() {
        return EnumSet.allOf(Order.class).stream()
                .flatMap(order -> Stream.of(
                        word("Word.read " + order, word -> word.read(order)),
                        word("Word.write " + order, word -> word.write(1, order))));
    }

    static Stream<Arguments> primitives() {
        return Stream.concat(
                orders(),
                Stream.of(
                        word("Word.readOnce", Word::readOnce),
                        word("Word.readOnce masked", word -> word.readOnce(1)),
                        word("Word.loadAcquire", Word::loadAcquire),
                        word("Word.writeOnce", word -> word.writeOnce(1)),
                        word("Word.storeRelease", word -> word.storeRelease(1)),
                        word("Word.xchg", word -> word.xchg(1)),
                        word("Word.cmpxchg", word -> word.cmpxchg(1, 1)),
                        word("Word.cmpxchg that fails", word -> word.cmpxchg(2, 3)),
                        word("Word.add", word -> word.add(1)),
                        word("Word.fetchAdd", word -> word.fetchAdd(1)),
                        word("Word.addAndTest", word -> word.addAndTest(1)),
                        word("Word.or", word -> word.or(2)),
                        word("Word.andNot", word -> word.andNot(2)),
                        word("Word.await", word -> word.await("await", Guard.is(1))),
                        primitive("Machine.gate", machine -> machine.gate("gate", 0, Word.Format.DECIMAL)::readOnce),
                        primitive("HardwareUnit.step", machine -> {
                            HardwareUnit unit = machine.unit("unit");
                            return () -> unit.step("step", () -> 0);
                        }),
                        primitive("SpinLock", machine -> {
                            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
                            return () -> {
                                lock.lock();
                                lock.unlock();
                            };
                        }),
                        primitive("SpinLock.tryLock", machine -> {
                            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
                            return () -> {
                                if (lock.tryLock()) {
                                    lock.unlock();
                                }
                            };
                        }),
                        primitive("Mutex", machine -> {
                            Mutex mutex = machine.mutex(LockClass.GRU_CONTEXT, "mutex");
                            return () -> {
                                mutex.lock();
                                mutex.unlock();
                            };
                        }),
                        primitive("PageLock", machine -> {
                            PageLock lock = machine.pageLock("lock");
                            return () -> {
                                lock.lock();
                                lock.unlock();
                            };
                        }),
                        primitive("PageLock.tryLockPage", machine -> {
                            PageLock lock = machine.pageLock("lock");
                            return () -> {
                                if (lock.tryLockPage()) {
                                    lock.unlock();
                                }
                            };
                        }),
                        primitive("PageLock.awaitUnlocked", machine -> machine.pageLock("lock")::awaitUnlocked),
                        primitive("RwSemaphore for read", machine -> {
                            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
                            return () -> {
                                lock.downRead();
                                lock.upRead();
                            };
                        }),
                        primitive("RwSemaphore.tryDownRead", machine -> {
                            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
                            return () -> {
                                if (lock.tryDownRead()) {
                                    lock.upRead();
                                }
                            };
                        }),
                        primitive("RwSemaphore for write", machine -> {
                            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
                            return () -> {
                                lock.downWrite();
                                lock.upWrite();
                            };
                        }),
                        primitive("RwSemaphore.downgradeWrite", machine -> {
                            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
                            return () -> {
                                lock.downWrite();
                                lock.downgradeWrite();
                                lock.upRead();
                            };
                        }),
                        primitive("SeqCount.writeBegin, writeEnd", machine -> {
                            SeqCount count = machine.seqCount("count");
                            return () -> {
                                count.writeBegin();
                                count.writeEnd();
                            };
                        }),
                        primitive("SeqCount.readBegin", machine -> machine.seqCount("count")::readBegin),
                        primitive("SeqCount.readRetry", machine -> {
                            SeqCount count = machine.seqCount("count");
                            return () -> count.readRetry(0);
                        }),
                        primitive("RefCount.inc", machine -> machine.refCount("count", 1)::inc),
                        primitive("RefCount.incNotZero", machine -> machine.refCount("count", 1)::incNotZero),
                        primitive("RefCount.decAndTest", machine -> machine.refCount("count", 9)::decAndTest),
                        primitive("RefCount.read", machine -> machine.refCount("count", 1)::read),
                        primitive("RefCount.set", machine -> {
                            RefCount count = machine.refCount("count", 1);
                            return () -> count.set(1);
                        }),
                        primitive("WaitQueue.prepareToWait", machine -> machine.waitQueue("queue")::prepareToWait),
                        primitive("WaitQueue.schedule", machine -> machine.waitQueue("queue")::schedule),
                        primitive("WaitQueue.finishWait", machine -> machine.waitQueue("queue")::finishWait),
                        primitive("WaitQueue.wakeUpAll", machine -> machine.waitQueue("queue")::wakeUpAll),
                        primitive("Rcu.readLock, readUnlock", machine -> {
                            Rcu rcu = machine.rcu("rcu");
                            return () -> {
                                rcu.readLock();
                                rcu.readUnlock();
                            };
                        }),
                        primitive("Rcu.synchronize", machine -> machine.rcu("rcu")::synchronize),
                        primitive("Slab.alloc", machine -> machine.slab("slab", 4, i -> i)::alloc),
                        primitive("Slab.alloc, free", machine -> {
                            Slab<Integer> slab = machine.slab("slab", 4, i -> i);
                            return () -> slab.free(slab.alloc());
                        })));
    }

    /** The counter is a plain field, which Lincheck does not see: only at the primitive can the task be preempted. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("primitives")
    void taskIsPreemptedAt(String name, Function<Machine, Runnable> make) {
        Result racy = search(Toy.distinct(name, machine -> {
            Runnable primitive = make.apply(machine);
            long[] counter = new long[1];
            LongSupplier body = () -> {
                long read = counter[0];
                primitive.run();
                counter[0] = read + 1;
                return read;
            };
            return List.of(body, body);
        }));
        assertEquals(Status.VIOLATED, racy.status(), racy.what());
        assertEquals("Distinct", racy.what());
    }

    static Stream<Arguments> locks() {
        return Stream.of(
                primitive("SpinLock", machine -> {
                    SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
                    return within(lock::lock, lock::unlock);
                }),
                primitive("Mutex", machine -> {
                    Mutex lock = machine.mutex(LockClass.GRU_CONTEXT, "lock");
                    return within(lock::lock, lock::unlock);
                }),
                primitive("PageLock", machine -> {
                    PageLock lock = machine.pageLock("lock");
                    return within(lock::lock, lock::unlock);
                }),
                primitive("RwSemaphore for write", machine -> {
                    RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
                    return within(lock::downWrite, lock::upWrite);
                }));
    }

    /** Something to run inside a lock: {@code enter} and {@code leave} around two steps. */
    private static Runnable within(Runnable enter, Runnable leave) {
        return new Section(enter, leave);
    }

    private record Section(Runnable enter, Runnable leave) implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("a section is entered and left");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("locks")
    void counterUnderTheLockLosesNothingAndIsExhausted(String name, Function<Machine, Runnable> make) {
        Result held = search(Toy.distinct(name, machine -> {
            Section section = (Section) make.apply(machine);
            Word counter = machine.word("counter", 0);
            LongSupplier body = () -> {
                section.enter.run();
                long read = counter.readOnce();
                counter.writeOnce(read + 1);
                section.leave.run();
                return read;
            };
            return List.of(body, body);
        }));
        assertEquals(Status.EXHAUSTED, held.status(), held.what());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("locks")
    void counterBesideTheLockLosesAnIncrement(String name, Function<Machine, Runnable> make) {
        Result dropped = search(Toy.distinct(name, machine -> {
            Section section = (Section) make.apply(machine);
            Word counter = machine.word("counter", 0);
            LongSupplier body = () -> {
                section.enter.run();
                long read = counter.readOnce();
                section.leave.run();
                section.enter.run();
                counter.writeOnce(read + 1);
                section.leave.run();
                return read;
            };
            return List.of(body, body);
        }));
        assertEquals("Distinct", dropped.what());
    }

    @Test
    void allInterleavingsOfTwoStepsEachAreRun() {
        Result all = search(Toy.free("two steps each", machine -> {
            Word word = machine.word("word", 0);
            LongSupplier body = () -> {
                word.fetchAdd(1);
                return word.fetchAdd(1);
            };
            return List.of(body, body);
        }));
        assertEquals(Status.EXHAUSTED, all.status());
        assertTrue(all.runs() >= 6, all.runs() + " runs");
        System.out.println("two tasks of two steps: " + all.runs() + " runs");
    }

    @Test
    void locksInOppositeOrdersDeadlock() {
        assertEquals(Rule.DEADLOCK.title(), search(crossed(true)).what());
        assertEquals(Status.EXHAUSTED, search(crossed(false)).status());
    }

    private static Case crossed(boolean opposite) {
        return Toy.free("two PT locks", machine -> {
            SpinLock a = machine.spinLock(LockClass.PT_LOCK, "a");
            SpinLock b = machine.spinLock(LockClass.PT_LOCK, "b");
            return List.of(() -> both(a, b), opposite ? () -> both(b, a) : () -> both(a, b));
        });
    }

    private static long both(SpinLock first, SpinLock second) {
        first.lock();
        second.lockNested(1);
        second.unlock();
        first.unlock();
        return 0;
    }

    @Test
    void readerBehindAQueuedWriterBehindAReaderDeadlocks() {
        Result stuck = search(Toy.free("recursive readers", machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            Word second = machine.gate("second", 0, Word.Format.DECIMAL);
            return List.of(
                    () -> {
                        lock.downRead();
                        second.await("second reader", Guard.is(1));
                        lock.upRead();
                        return 0;
                    },
                    () -> {
                        lock.downRead();
                        second.writeOnce(1);
                        lock.upRead();
                        return 0;
                    },
                    () -> {
                        lock.downWrite();
                        lock.upWrite();
                        return 0;
                    });
        }));
        assertEquals(Rule.DEADLOCK.title(), stuck.what());
    }

    @Test
    void wakeUpBeforeTheSleeperHasQueuedIsLost() {
        assertEquals(Rule.DEADLOCK.title(), search(sleeper(false)).what());
        assertEquals(Status.EXHAUSTED, search(sleeper(true)).status());
    }

    private static Case sleeper(boolean looksAgain) {
        return Toy.free("a sleeper", machine -> {
            WaitQueue queue = machine.waitQueue("queue");
            Word ready = machine.word("ready", 0);
            return List.of(
                    () -> {
                        if (ready.readOnce() == 0) {
                            queue.prepareToWait();
                            if (!looksAgain || ready.readOnce() == 0) {
                                queue.schedule();
                            }
                            queue.finishWait();
                        }
                        return 0;
                    },
                    () -> {
                        ready.writeOnce(1);
                        queue.wakeUpAll();
                        return 0;
                    });
        });
    }

    @Test
    void memoryFreedWithoutAGracePeriodIsUsed() {
        assertEquals(Rule.USE_AFTER_FREE.title(), search(freed(false)).what());
        assertEquals(Status.EXHAUSTED, search(freed(true)).status());
    }

    private static Case freed(boolean synchronizes) {
        return Toy.free("a reader and a release", machine -> {
            Rcu rcu = machine.rcu("rcu");
            Slab<Word> slab = machine.slab("slab", 1, i -> machine.word("object" + i, 0));
            Word published = machine.word("published", 1);
            Word object = slab.alloc();
            return List.of(
                    () -> {
                        rcu.readLock();
                        if (published.readOnce() != 0) {
                            object.readOnce();
                        }
                        rcu.readUnlock();
                        return 0;
                    },
                    () -> {
                        published.writeOnce(0);
                        if (synchronizes) {
                            rcu.synchronize();
                        }
                        slab.free(object);
                        return 0;
                    });
        });
    }

    @Test
    void lastReferenceIsDroppedOnlyOnce() {
        assertEquals(Rule.DOUBLE_FREE.title(), search(dropped(false)).what());
        assertEquals(Status.EXHAUSTED, search(dropped(true)).status());
    }

    private static Case dropped(boolean tests) {
        return Toy.free("two references", machine -> {
            RefCount count = machine.refCount("count", 2);
            Slab<Integer> slab = machine.slab("slab", 1, i -> i);
            Integer object = slab.alloc();
            LongSupplier body = () -> {
                boolean last = count.decAndTest();
                if (tests ? last : count.read() == 0) {
                    slab.free(object);
                }
                return 0;
            };
            return List.of(body, body);
        });
    }

    @Test
    void readerOfASequenceCountSeesHalfAWriteIfItDoesNotRetry() {
        assertEquals(Rule.BUG.title(), search(sequence(false)).what());
        assertEquals(Status.EXHAUSTED, search(sequence(true)).status());
    }

    private static Case sequence(boolean retries) {
        return Toy.free("a sequence count", machine -> {
            SeqCount count = machine.seqCount("count");
            Word left = machine.word("left", 0);
            Word right = machine.word("right", 0);
            return List.of(
                    () -> {
                        count.writeBegin();
                        left.writeOnce(1);
                        right.writeOnce(1);
                        count.writeEnd();
                        return 0;
                    },
                    () -> {
                        while (true) {
                            long begin = count.readBegin();
                            long l = left.readOnce();
                            long r = right.readOnce();
                            if (!retries || !count.readRetry(begin)) {
                                machine.bugOn(l != r, "half a write");
                                return 0;
                            }
                        }
                    });
        });
    }

    @Test
    void trylockMeetsABusyLock() {
        Set<String> found = Set.of(search(Toy.free("spin_trylock", machine -> {
                    SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
                    return List.of(() -> claim(machine, lock), () -> claim(machine, lock));
                }))
                .what());
        assertEquals(Set.of(Rule.BUG.title()), found);
    }

    private static long claim(Machine machine, SpinLock lock) {
        machine.bugOn(!lock.tryLock(), "busy");
        lock.unlock();
        return 0;
    }

    @Test
    void stepOfAHardwareUnitIsIndivisible() {
        assertEquals(Status.EXHAUSTED, search(unit(true)).status());
        assertEquals("Distinct", search(unit(false)).what());
    }

    private static Case unit(boolean oneStep) {
        return Toy.distinct("a unit", machine -> {
            HardwareUnit unit = machine.unit("unit");
            Word word = machine.word("word", 0);
            LongSupplier body = () -> {
                if (oneStep) {
                    return unit.step("increment", () -> {
                        long read = word.readOnce();
                        word.writeOnce(read + 1);
                        return read;
                    });
                }
                long read = unit.step("read", word::readOnce);
                unit.step("write", () -> {
                    word.writeOnce(read + 1);
                    return 0;
                });
                return read;
            };
            return List.of(body, body);
        });
    }

    @Test
    void stepOfAHardwareUnitWakesWhoWaits() {
        Result woken = search(Toy.free("a unit and a sleeper", machine -> {
            HardwareUnit unit = machine.unit("unit");
            Word gate = machine.gate("gate", 0, Word.Format.DECIMAL);
            return List.of(
                    () -> gate.await("await", Guard.is(1)),
                    () -> unit.step("open", () -> {
                        gate.writeOnce(1);
                        return 0;
                    }));
        }));
        assertEquals(Status.EXHAUSTED, woken.status(), woken.what());
    }

    @Test
    void faultBehindTheEnvironmentsLastAnswerIsFound() {
        assertEquals(Rule.BUG.title(), search(choosing(2)).what());
        Result all = search(choosing(3));
        assertEquals(Status.EXHAUSTED, all.status(), all.what());
    }

    private static Case choosing(int bad) {
        return Toy.free(
                "two choices",
                machine -> List.of(
                        () -> {
                            int first = machine.choose("first", 2);
                            int second = machine.choose("second", 3);
                            machine.bugOn(first == 1 && second == bad, "the last answers");
                            return 0;
                        },
                        () -> machine.choose("other", 2)));
    }
}
