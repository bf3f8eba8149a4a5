package racewalk.specs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Cpu;
import racewalk.mm.Fault;
import racewalk.mm.GetUserPages;
import racewalk.mm.Mprotect;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Protection;
import racewalk.mm.Pte;
import racewalk.mm.Tlb;
import racewalk.mm.Unmap;
import racewalk.secondary.NotifiedMmu;
import racewalk.secondary.SecondaryMmu;

/**
 * One process with its CPUs and devices, put together from chosen designs on a machine, and a scenario's program on it.
 */
public final class Rig {

    private final Scenario scenario;
    private final AddressSpace mm;
    private final Fault fault;
    private final Unmap unmap;
    private final Mprotect mprotect;
    private final Map<String, Cpu> cpus = new LinkedHashMap<>();
    private final Map<String, SecondaryMmu> devices = new LinkedHashMap<>();
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final List<Word> inFlight = new ArrayList<>();

    /** Builds {@code scenario}'s process with {@code cell}'s designs and runs its boot code. */
    public Rig(Machine machine, Scenario scenario, Cell cell) {
        this.scenario = scenario;
        Scenario.Memory memory = scenario.memory();
        this.mm = new AddressSpace(
                machine,
                new PhysicalMemory(machine, memory.frames()),
                memory.tables(),
                memory.pages() / memory.tables(),
                memory.gather());
        Design.Attached notifier = cell.notifier().attach().apply(machine);
        this.fault = new Fault(mm, notifier.sites());
        this.unmap = cell.mm().unmap().apply(mm, notifier.sites());
        this.mprotect = new Mprotect(mm, notifier.sites());
        GetUserPages gup = new GetUserPages(mm, fault);
        for (String actor : scenario.actors().keySet()) {
            if (Scenario.isCpu(actor)) {
                Cpu cpu = mm.addCpu(actor);
                cpus.put(actor, cpu);
                tasks.put(actor, cpu.task());
            } else {
                NotifiedMmu device = cell.secondary().make().make(actor, mm, gup);
                notifier.register().accept(device);
                devices.put(actor, device);
                tasks.put(actor, machine.task(actor));
            }
            inFlight.add(machine.word(actor + " in flight", 0));
        }
        boot();
    }

    private void boot() {
        mm.mmap(0, scenario.memory().pages(), Protection.READ_WRITE);
        for (Scenario.Step step : scenario.boot()) {
            perform(step.actor(), step.operation());
        }
    }

    /** The program: each actor's operations, the history's specification, the invariants. */
    public Program program() {
        List<Actor> actors = new ArrayList<>();
        scenario.actors()
                .forEach((name, operations) -> actors.add(new Actor(
                        tasks.get(name),
                        operations.stream()
                                .map(operation -> action(name, operation))
                                .toList())));
        List<Invariant> invariants =
                scenario.invariants().stream().map(id -> id.on(this)).toList();
        Linearizability history = new Linearizability(
                scenario.bootMemory(),
                List.copyOf(scenario.actors().keySet()),
                List.copyOf(scenario.actors().values()));
        return new Program(actors, inFlight, history, invariants);
    }

    private Action action(String actor, Operation operation) {
        return new Action(
                Operations.show(Scenario.isCpu(actor), operation), operation::show, () -> perform(actor, operation));
    }

    /** Performs an operation as {@code actor}, on the current task, and returns its result. */
    public long perform(String actor, Operation operation) {
        return switch (operation) {
            case Operation.Load(int page) ->
                devices.containsKey(actor) ? devices.get(actor).read(page) : load(cpus.get(actor), page);
            case Operation.Store(int page, long value) ->
                devices.containsKey(actor)
                        ? devices.get(actor).write(page, value)
                        : store(cpus.get(actor), page, value);
            case Operation.Prefault(int start, int end) -> {
                devices.get(actor).prefault(start, end);
                yield Operation.DONE;
            }
            case Operation.Munmap(int start, int end) -> {
                unmap.munmap(start, end);
                yield Operation.DONE;
            }
            case Operation.Dontneed(int start, int end) ->
                unmap.madviseDontneed(start, end) ? Operation.DONE : Operation.HOLE;
            case Operation.Mprotect(int start, int end, Protection protection) ->
                mprotect.mprotect(start, end, protection) ? Operation.DONE : Operation.HOLE;
            case Operation.LockPage(int page) -> {
                lockPage(page);
                yield Operation.DONE;
            }
        };
    }

    private long load(Cpu cpu, int page) {
        while (true) {
            Tlb.Result result = cpu.tlb().load(page);
            if (result.outcome() == Tlb.Outcome.HIT) {
                return result.value();
            }
            if (result.outcome() == Tlb.Outcome.FAULT && !fault.doPageFault(page, false)) {
                return Operation.DENIED;
            }
        }
    }

    private long store(Cpu cpu, int page, long value) {
        while (true) {
            Tlb.Result result = cpu.tlb().store(page, value);
            if (result.outcome() == Tlb.Outcome.HIT) {
                return Operation.DONE;
            }
            if (result.outcome() == Tlb.Outcome.FAULT && !fault.doPageFault(page, true)) {
                return Operation.DENIED;
            }
        }
    }

    /**
     * Someone locks the page that is mapped at {@code address}, with a reference as reclaim would have one, and lets it
     * go.
     */
    private void lockPage(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            return;
        }
        leaf.ptl().lock();
        Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
        if (!pte.isPresent()) {
            leaf.ptl().unlock();
            return;
        }
        Page page = mm.memory().page(pte.pfn());
        mm.memory().getPage(page);
        leaf.ptl().unlock();
        page.lock().lock();
        page.lock().unlock();
        mm.memory().putPage(page);
    }

    /** The process. */
    AddressSpace mm() {
        return mm;
    }

    /** The devices by name. */
    Map<String, SecondaryMmu> devices() {
        return devices;
    }

    /** The words that say which operation each actor has in flight. */
    List<Word> inFlight() {
        return inFlight;
    }

    /** Whether some operation in flight may take from others what they could do with {@code page}. */
    boolean isNarrowing(int page) {
        int number = 0;
        for (Map.Entry<String, List<Operation>> actor : scenario.actors().entrySet()) {
            long pending = inFlight.get(number++).peek();
            SecondaryMmu device = devices.get(actor.getKey());
            boolean readsForWriting = device != null && device.readsForWriting();
            if (pending != 0 && actor.getValue().get((int) pending - 1).mayNarrow(page, readsForWriting)) {
                return true;
            }
        }
        return false;
    }

    /** Whether no operation is in flight. */
    boolean isQuiescent() {
        for (Word word : inFlight) {
            if (word.peek() != 0) {
                return false;
            }
        }
        return true;
    }
}
