package racewalk.specs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import racewalk.contpte.Arm64Pte;
import racewalk.contpte.Hugetlb;
import racewalk.contpte.LargeFolioMm;
import racewalk.contpte.LargeTlb;
import racewalk.contpte.LeafTable;
import racewalk.contpte.Ptes;
import racewalk.contpte.Smmu;
import racewalk.contpte.Tlbs;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Operation.OfContpte;

/** A leaf table with contiguous entries on a machine, its CPUs and devices, and a scenario's program on them. */
public final class ContpteRig {

    private static final long NOTHING = -1;

    private final Machine machine;
    private final Scenario scenario;
    private final LeafTable table;
    private final Tlbs tlbs;
    private final LargeFolioMm mm;
    private final Hugetlb hugetlb;
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Map<String, LargeTlb> cpus = new LinkedHashMap<>();
    private final Map<String, Smmu> devices = new LinkedHashMap<>();
    private final Map<String, Word> pins = new LinkedHashMap<>();
    private final List<Word> inFlight = new ArrayList<>();

    /** Builds {@code scenario}'s table with {@code cell}'s design and runs its boot code. */
    public ContpteRig(Machine machine, Scenario scenario, Cell cell) {
        this.machine = machine;
        this.scenario = scenario;
        Design.Contiguous design = (Design.Contiguous) cell.table();
        this.table = new LeafTable(
                machine, scenario.tables().entries(), scenario.tables().contiguous());
        this.tlbs = new Tlbs(table, design.bbm());
        Ptes ptes = design.ptes().make(table, tlbs, design.leftOut());
        this.mm = new LargeFolioMm(table, ptes, design.leftOut());
        this.hugetlb = new Hugetlb(table, tlbs, design.leftOut());
        scenario.actors().keySet().forEach(this::add);
        if (scenario.actors().values().stream().flatMap(List::stream).anyMatch(ContpteOperations::isOfHugetlb)) {
            hugetlb.boot();
        } else {
            mm.boot();
        }
        scenario.boot().forEach(step -> perform(step.actor(), step.operation()));
    }

    private void add(String actor) {
        Task task = machine.task(actor);
        tasks.put(actor, task);
        inFlight.add(machine.word(actor + " in flight", 0));
        if (Scenario.isCpu(actor)) {
            cpus.put(actor, tlbs.add(task));
            pins.put(actor, machine.word(actor + " pinned", NOTHING));
        } else {
            devices.put(actor, new Smmu(table, mm, actor));
        }
    }

    /** The program: each actor's operations, the history's specification, the invariants. */
    public Program program() {
        List<Actor> actors = new ArrayList<>();
        scenario.actors()
                .forEach((name, operations) -> actors.add(new Actor(
                        tasks.get(name),
                        operations.stream()
                                .map(operation -> new Action(
                                        scenario.show(name, operation),
                                        operation::show,
                                        () -> perform(name, operation)))
                                .toList())));
        List<Invariant> invariants = scenario.invariants().stream()
                .map(id -> ContpteInvariants.of(id, this))
                .toList();
        Linearizability history = new Linearizability(
                bootMemory(),
                scenario.processes(),
                List.copyOf(scenario.actors().keySet()),
                List.copyOf(scenario.actors().values()),
                Allocations.SUCCEED);
        return new Program(actors, inFlight, history, invariants);
    }

    private long bootMemory() {
        long flat = 0;
        for (int page = 0; page < table.count(); page++) {
            flat = FlatMemory.with(flat, page, Protection.READ_WRITE, 0);
        }
        for (Scenario.Step step : scenario.boot()) {
            flat = FlatMemory.effect(step.operation(), flat).memory();
        }
        return flat;
    }

    /** Performs an operation as {@code actor}, on the current task, and returns its result. */
    public long perform(String actor, Operation operation) {
        Smmu device = devices.get(actor);
        int start = operation.start();
        return switch (operation) {
            case Operation.Load _ ->
                device == null ? access(actor, start, false, 0) : device.access(start, false, 0, Operation.DENIED);
            case Operation.Store(int _, long value) ->
                device == null
                        ? access(actor, start, true, value)
                        : device.access(start, true, value, Operation.DENIED);
            case Operation.Mprotect(int _, int end, Protection to) ->
                mm.mprotect(start, end, to) ? Operation.DONE : Operation.HOLE;
            case Operation.Age _ -> mm.age(start) ? Operation.YOUNG : Operation.OLD;
            case OfContpte.Get _ -> get(start);
            default -> {
                change(actor, operation);
                yield Operation.DONE;
            }
        };
    }

    private void change(String actor, Operation operation) {
        int start = operation.start();
        switch (operation) {
            case Operation.Munmap(int _, int end) -> mm.munmap(start, end);
            case OfContpte.Fork(int _, int end) -> mm.fork(start, end);
            case OfContpte.ChildExit _ -> mm.childExit();
            case Operation.Reclaim _ -> mm.reclaim(start);
            case Operation.Pin _ -> pins.get(actor).writeOnce(hugetlb.follow(start));
            case Operation.Unpin _ -> hugetlb.put((int) pins.get(actor).xchg(NOTHING));
            case Operation.Migrate _ -> hugetlb.migrate(start);
            default -> throw new IllegalArgumentException(operation + " is of no table with contiguous entries");
        }
    }

    private long access(String cpu, int page, boolean write, long value) {
        while (true) {
            LargeTlb.Result result = cpus.get(cpu).access(page, write, value);
            if (result.outcome() == LargeTlb.Outcome.HIT) {
                return result.value(); // of a store Operation.DONE
            }
            if (result.outcome() == LargeTlb.Outcome.FAULT && !mm.handleMmFault(page, write)) {
                return Operation.DENIED;
            }
            machine.localsAre("access again");
        }
    }

    private long get(int page) {
        Arm64Pte pte = mm.getLockless(page);
        return !pte.isValid() ? OfContpte.Get.NONE : pte.isDirty() ? OfContpte.Get.DIRTY : OfContpte.Get.CLEAN;
    }

    /** The table. */
    LeafTable table() {
        return table;
    }

    /** The CPUs' TLBs. */
    Tlbs tlbs() {
        return tlbs;
    }

    /** Its core code. */
    LargeFolioMm mm() {
        return mm;
    }

    /** Whether no operation is in flight. */
    boolean isQuiescent() {
        return inFlight.stream().allMatch(word -> word.peek() == 0);
    }

    /** All words of which invariants speak. */
    List<Word> words() {
        List<Word> words = new ArrayList<>(inFlight);
        words.addAll(table.words());
        words.add(mm.folio());
        tlbs.all().forEach(tlb -> words.addAll(tlb.words()));
        Stream.iterate(0, pfn -> pfn < table.frames(), pfn -> pfn + 1).forEach(pfn -> words.add(mm.shared(pfn)));
        return words;
    }
}
