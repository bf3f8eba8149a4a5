package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Action;
import racewalk.machine.Actor;
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
 * {@code specs/promela/device-fault.pml} in Java: the same variables, the same steps, so the same states. Not the
 * model, which has more of Linux.
 *
 * @param rounds how many operations each task performs
 * @param cpus how many CPUs store, beside the one that zaps
 * @param devices how many devices access the page
 * @param follow whether the miss handler drops the PT lock before it drops the entry in, as {@code follow_page} does
 */
record DeviceFault(int rounds, int cpus, int devices, boolean follow) implements Program.Factory {

    @Override
    public Program build(Machine machine) {
        return new Memory(machine).program();
    }

    @Override
    public String toString() {
        return "device-fault: %d rounds, %d CPUs, %d devices%s"
                .formatted(rounds, cpus, devices, follow ? ", follow" : "");
    }

    private final class Memory {
        private final Machine machine;
        private final SpinLock ptl;
        private final Word pte;
        private final Word[] refcount;
        private final Word[] tlb;
        private final Word[] spte;
        private final SpinLock[] asidLock = new SpinLock[devices];
        private final HardwareUnit buddy;
        private final HardwareUnit mmu;

        private final List<Actor> actors = new ArrayList<>();
        private final List<Word> inFlight = new ArrayList<>();

        Memory(Machine machine) {
            this.machine = machine;
            ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
            pte = machine.word("pte", 0);
            refcount = machine.words("refcount", cpus + 3, 0, Word.Format.DECIMAL);
            tlb = machine.words("tlb", cpus, 0, Word.Format.DECIMAL);
            spte = machine.words("spte", devices, 0, Word.Format.DECIMAL);
            Arrays.setAll(asidLock, d -> machine.spinLock(LockClass.GRU_ASID, "asid_lock" + d));
            buddy = machine.unit("buddy allocator");
            mmu = machine.unit("mmu");
        }

        Program program() {
            task("zap", this::zap);
            for (int c = 0; c < cpus; c++) {
                Word entry = tlb[c];
                task("cpu" + c, () -> store(entry));
            }
            for (int d = 0; d < devices; d++) {
                Word entry = spte[d];
                task("dev" + d, () -> access(entry));
            }
            List<Invariant> invariants = new ArrayList<>();
            for (Word entry : spte) {
                invariants.add(hasReference(entry));
            }
            for (Word entry : tlb) {
                invariants.add(hasReference(entry));
            }
            return new Program(actors, inFlight, Observer.accepting(), invariants);
        }

        private void task(String name, LongSupplier operation) {
            Task task = machine.task(name);
            List<Action> actions = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                actions.add(new Action(name + " " + round, operation));
            }
            actors.add(new Actor(task, actions));
            inFlight.add(machine.word(name + " in flight", 0));
        }

        private Invariant hasReference(Word entry) {
            List<Word> reads = new ArrayList<>(List.of(refcount));
            reads.add(entry);
            return new Invariant(entry.name() + " has a reference", reads, () -> {
                long frame = entry.peek();
                return frame == 0 || refcount[(int) frame].peek() > 0 ? null : "frame " + frame + " has none";
            });
        }

        private long zap() {
            ptl.lock();
            long frame = pte.readOnce();
            if (frame == 0) {
                ptl.unlock();
                return 0;
            }
            pte.writeOnce(0);
            for (int d = 0; d < devices; d++) {
                asidLock[d].lock();
                spte[d].writeOnce(0);
                asidLock[d].unlock();
            }
            ptl.unlock();
            for (Word entry : tlb) {
                entry.writeOnce(0);
            }
            refcount[(int) frame].add(-1);
            return 0;
        }

        private long store(Word entry) {
            long hit = mmu.step("store", () -> {
                if (entry.readOnce() == 0) {
                    entry.writeOnce(pte.readOnce());
                }
                return entry.readOnce() == 0 ? 0 : 1;
            });
            if (hit != 0) {
                return 0;
            }
            int page = (int) buddy.step("alloc_page", this::allocate);
            ptl.lock();
            long frame = pte.readOnce();
            if (frame != 0) {
                ptl.unlock();
                refcount[page].add(-1);
                return 0;
            }
            pte.writeOnce(page);
            ptl.unlock();
            return 0;
        }

        private long allocate() {
            int free = 1;
            while (refcount[free].readOnce() != 0) {
                free++;
            }
            refcount[free].writeOnce(1);
            return free;
        }

        private long access(Word entry) {
            if (entry.readOnce() != 0) {
                return 0;
            }
            ptl.lock();
            long frame = pte.readOnce();
            if (frame == 0) {
                ptl.unlock();
                return 0;
            }
            if (follow) {
                ptl.unlock();
                entry.writeOnce(frame);
            } else {
                entry.writeOnce(frame);
                ptl.unlock();
            }
            return 0;
        }
    }
}
