package racewalk.specs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.ForwardingMachine;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.mm.PageCache;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Protection;
import racewalk.mm.Rmap;
import racewalk.secondary.SecondaryMmu;
import racewalk.specs.RigProcess.Beginning;

/**
 * Processes with their CPUs and devices, put together from chosen designs on a machine, and a scenario's program on
 * them.
 */
public final class Rig {

    private final Scenario scenario;
    private final PhysicalMemory memory;
    private final List<RigProcess> processes = new ArrayList<>();
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final List<Word> inFlight = new ArrayList<>();
    private final List<Word> words = new ArrayList<>();

    /** Builds {@code scenario}'s processes with {@code cell}'s designs and runs its boot code. */
    public Rig(Machine on, Scenario scenario, Cell cell) {
        this.scenario = scenario;
        Machine machine = scenario.symmetric().isEmpty() ? on : new NotingMachine(on);
        Scenario.Memory size = scenario.memory();
        Processes numbers = scenario.processes();
        this.memory = new PhysicalMemory(
                machine,
                size.frames(),
                size.allocations(),
                scenario.migrates(),
                scenario.devices(),
                size.deviceFrames());
        Rmap rmap = scenario.migrates() ? new Rmap(machine) : null;
        List<Design.Attached> notifiers = new ArrayList<>();
        for (int number = 0; number < numbers.count(); number++) {
            String prefix = number == 0 ? "" : numbers.children().get(number - 1) + ".";
            notifiers.add(attach(machine, cell.notifier()));
            processes.add(new RigProcess(
                    machine,
                    memory,
                    size,
                    prefix,
                    numbers.firstPage(number),
                    beginning(number),
                    number == 0 ? null : processes.getFirst(),
                    rmap,
                    cell,
                    notifiers.get(number),
                    scenario));
        }
        for (String actor : scenario.actors().keySet()) {
            Design.Attached notifier = notifiers.get(numbers.of(actor));
            tasks.put(actor, process(actor).add(actor, cell.secondary(), notifier, scenario));
            inFlight.add(machine.word(actor + " in flight", 0));
        }
        boot();
    }

    private Design.Attached attach(Machine machine, Design.Notifier notifier) {
        if (!scenario.changesNotifiers()) {
            return notifier.attach().apply(machine);
        }
        int devices = Math.max(1, scenario.actors().size() - scenario.cpus());
        return notifier.changing().apply(machine, devices);
    }

    private Beginning beginning(int process) {
        if (process == 0) {
            return Beginning.AT_BOOT;
        }
        Stream<Operation> operations = Stream.concat(
                scenario.boot().stream().map(Scenario.Step::operation),
                scenario.actors().values().stream().flatMap(List::stream));
        return operations.anyMatch(operation -> scenario.processes().makes(operation, process))
                ? Beginning.BY_FORK
                : Beginning.NEVER;
    }

    private RigProcess process(String actor) {
        return processes.get(scenario.processes().of(actor));
    }

    private void boot() {
        processes.getFirst().mm().mmap(0, scenario.memory().pages(), Protection.READ_WRITE);
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
        List<Invariant> invariants = scenario.invariants().stream()
                .filter(Invariants::isOfMemory)
                .map(id -> id.on(this))
                .toList();
        Linearizability history = new Linearizability(
                scenario.bootMemory(),
                scenario.processes(),
                List.copyOf(scenario.actors().keySet()),
                List.copyOf(scenario.actors().values()),
                scenario.memory().allocations(),
                new ExpectedResults(scenario.results()));
        return new Program(actors, inFlight, history, invariants, RigSymmetry.of(scenario, words));
    }

    /** Notes the words, which symmetries rename. */
    private final class NotingMachine extends ForwardingMachine {

        NotingMachine(Machine machine) {
            super(machine);
        }

        @Override
        protected void made(Word word) {
            words.add(word);
        }
    }

    private Action action(String actor, Operation operation) {
        return new Action(scenario.show(actor, operation), operation::show, () -> perform(actor, operation));
    }

    /** Performs an operation as {@code actor}, on the current task, and returns its result. */
    public long perform(String actor, Operation operation) {
        for (int child = 1; child < processes.size(); child++) {
            if (scenario.processes().makes(operation, child)) {
                return processes.get(child).beForked();
            }
        }
        return process(actor).perform(actor, operation);
    }

    /** The frames that all processes share. */
    PhysicalMemory memory() {
        return memory;
    }

    /** The processes, in the order of their numbers. */
    List<RigProcess> processes() {
        return Collections.unmodifiableList(processes);
    }

    /** The files that they map. */
    List<PageCache> files() {
        return processes.stream()
                .map(process -> process.mm().pageCache())
                .filter(Objects::nonNull)
                .toList();
    }

    /** The words that say which operation each actor has in flight. */
    List<Word> inFlight() {
        return inFlight;
    }

    /** Whether an actor ever stores, at boot or later. */
    boolean stores(String actor) {
        Stream<Operation> atBoot = scenario.boot().stream()
                .filter(step -> step.actor().equals(actor))
                .map(Scenario.Step::operation);
        return Stream.concat(atBoot, scenario.actors().get(actor).stream()).anyMatch(Operation.Store.class::isInstance);
    }

    /** Whether some operation in flight may take from others what they could do with a page of {@code process}. */
    boolean isNarrowing(RigProcess process, int address) {
        int number = 0;
        for (Map.Entry<String, List<Operation>> actor : scenario.actors().entrySet()) {
            long pending = inFlight.get(number++).peek();
            SecondaryMmu device = process(actor.getKey()).devices().get(actor.getKey());
            boolean readsForWriting = device != null && device.readsForWriting() || memory.hasDeviceMemory();
            if (pending == 0) {
                continue;
            }
            Operation operation = actor.getValue().get((int) pending - 1);
            // A migration replaces the page wherever it is mapped, and where there is device memory any access may be
            // one.
            boolean everywhere = operation instanceof Operation.Migrate || memory.hasDeviceMemory();
            RigProcess of = everywhere ? process(actor.getKey()) : process;
            if (operation.mayNarrow(of.firstPage() + address, readsForWriting)) {
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
