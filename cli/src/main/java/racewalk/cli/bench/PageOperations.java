package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Invariant;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.SpinLock;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * Faults, unmaps and migrations of two pages, as small as they can be told: to see how large a scope is exhausted in a
 * given time. Each page has a PTE under a PT lock of its own; a migration puts an entry in its place while it copies,
 * and a fault waits for that. The operations go round: each task begins with another one.
 *
 * @param tasks how many tasks
 * @param operations how many operations each of them performs
 */
record PageOperations(int tasks, int operations) implements Program.Factory {

    private static final int PAGES = 2;
    /** A PTE is a frame from 1, or 0, or with this bit the entry of the migration that took that frame. */
    private static final long MIGRATION = 1 << 8;

    @Override
    public Program build(Machine machine) {
        return new Memory(machine).program();
    }

    @Override
    public String toString() {
        return "page operations: %d tasks, operations each: %d, %d pages".formatted(tasks, operations, PAGES);
    }

    private final class Memory {
        private final Machine machine;
        private final Word[] pte;
        private final SpinLock[] ptl = new SpinLock[PAGES];
        private final Word[] used;
        private final HardwareUnit buddy;

        Memory(Machine machine) {
            this.machine = machine;
            pte = machine.words("pte", PAGES, 0, Word.Format.DECIMAL);
            Arrays.setAll(ptl, page -> machine.spinLock(LockClass.PT_LOCK, "ptl" + page));
            // One frame that each page is mapped to, and two in the hands of each task that migrates.
            used = machine.words("used", PAGES + 2 * tasks + 1, 0, Word.Format.DECIMAL);
            buddy = machine.unit("buddy allocator");
        }

        Program program() {
            List<Actor> actors = new ArrayList<>();
            List<Word> inFlight = new ArrayList<>();
            for (int t = 0; t < tasks; t++) {
                Task task = machine.task("t" + t);
                List<Action> actions = new ArrayList<>();
                for (int i = 0; i < operations; i++) {
                    actions.add(action(t + i));
                }
                actors.add(new Actor(task, actions));
                inFlight.add(machine.word(task.name() + " in flight", 0));
            }
            List<Invariant> invariants = new ArrayList<>();
            for (Word entry : pte) {
                invariants.add(mapsUsedFrame(entry));
            }
            return new Program(actors, inFlight, Observer.accepting(), invariants);
        }

        private Action action(int number) {
            int page = number % PAGES;
            LongSupplier body = switch (number % 3) {
                case 0 -> () -> fault(page);
                case 1 -> () -> unmap(page);
                default -> () -> migrate(page);
            };
            return new Action("operation " + number, body);
        }

        private Invariant mapsUsedFrame(Word entry) {
            List<Word> reads = new ArrayList<>(List.of(used));
            reads.add(entry);
            return new Invariant(entry.name() + " maps a frame in use", reads, () -> {
                long frame = entry.peek() & ~MIGRATION;
                return frame == 0 || used[(int) frame].peek() != 0 ? null : "frame " + frame + " is free";
            });
        }

        private int allocate() {
            return (int) buddy.step("alloc_page", () -> {
                int free = 1;
                while (used[free].readOnce() != 0) {
                    free++;
                }
                used[free].writeOnce(1);
                return free;
            });
        }

        private void free(long frame) {
            used[(int) frame].writeOnce(0);
        }

        private long fault(int page) {
            long found = pte[page].readOnce();
            if (found == 0) {
                int frame = allocate();
                ptl[page].lock();
                boolean mine = pte[page].cmpxchg(0, frame) == 0;
                ptl[page].unlock();
                if (!mine) {
                    free(frame);
                }
            } else if ((found & MIGRATION) != 0) {
                pte[page].await("migration_entry_wait", new Guard(-1L, found, false));
            }
            return 0;
        }

        /** Whoever migrates the page finds his entry gone and frees both frames. */
        private long unmap(int page) {
            ptl[page].lock();
            long found = pte[page].xchg(0);
            ptl[page].unlock();
            if (found != 0 && (found & MIGRATION) == 0) {
                free(found);
            }
            return 0;
        }

        private long migrate(int page) {
            ptl[page].lock();
            long old = pte[page].readOnce();
            if (old == 0 || (old & MIGRATION) != 0) {
                ptl[page].unlock();
                return 0;
            }
            pte[page].writeOnce(old | MIGRATION);
            ptl[page].unlock();
            int copy = allocate();
            ptl[page].lock();
            boolean stillThere = pte[page].cmpxchg(old | MIGRATION, copy) == (old | MIGRATION);
            ptl[page].unlock();
            if (!stillThere) {
                free(copy);
            }
            free(old);
            return 0;
        }
    }
}
