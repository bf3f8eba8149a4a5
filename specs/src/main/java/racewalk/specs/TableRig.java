package racewalk.specs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.specs.Operation.OfTable;
import racewalk.walk.CopiedTable;
import racewalk.walk.LocklessTable;
import racewalk.walk.ProtectedTable;
import racewalk.walk.Visitor;
import racewalk.walk.WalkedTable;

/** Walked tables of a design on a machine, and a scenario's program on them. */
public final class TableRig {

    private final Machine machine;
    private final Scenario scenario;
    private final int span;
    private final List<WalkedTable> tables = new ArrayList<>();
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final List<Word> inFlight = new ArrayList<>();

    /** Builds {@code scenario}'s tables with {@code cell}'s design and runs its boot code. */
    public TableRig(Machine machine, Scenario scenario, Cell cell) {
        this.machine = machine;
        this.scenario = scenario;
        this.span = scenario.tables().shape().span();
        for (int table = 0; table < scenario.tables().count(); table++) {
            tables.add(((Design.Table) cell.table())
                    .maker()
                    .make(machine, "pt" + table, scenario.tables().shape()));
        }
        for (String actor : scenario.actors().keySet()) {
            tasks.put(actor, machine.task(actor));
            inFlight.add(machine.word(actor + " in flight", 0));
        }
        scenario.boot().forEach(step -> perform(step.operation()));
    }

    /** The program: each actor's operations, the history's specification, the invariants. */
    public Program program() {
        List<Actor> actors = new ArrayList<>();
        scenario.actors()
                .forEach((name, operations) -> actors.add(new Actor(
                        tasks.get(name), operations.stream().map(this::action).toList())));
        List<Invariant> invariants = scenario.invariants().stream()
                .map(id -> TableInvariants.of(id, this))
                .toList();
        TableSpecification history = new TableSpecification(
                scenario.tables(),
                scenario.boot().stream().map(Scenario.Step::operation).toList(),
                List.copyOf(scenario.actors().values()));
        return new Program(actors, inFlight, history, invariants);
    }

    private Action action(Operation operation) {
        return new Action(TableOperations.show((OfTable) operation), operation::show, () -> perform(operation));
    }

    /** Performs an operation on the current task, and returns its result. */
    public long perform(Operation operation) {
        int table = Math.min(operation.start() / span, tables.size() - 1);
        int start = operation.start() - table * span;
        int end = operation.end() - table * span;
        WalkedTable of = tables.get(table);
        switch ((OfTable) operation) {
            case OfTable.Walk _ -> {
                Seen seen = new Seen(table);
                of.walk(start, end, seen);
                return seen.result;
            }
            case OfTable.Lockstep _ -> {
                Seen seen = new Seen(0);
                of.lockstep(tables, start, end, seen);
                return seen.result;
            }
            case OfTable.Populate(int _, int _, long value) -> {
                return of.populate(start, end, value) ? Operation.DONE : Operation.OUT_OF_MEMORY;
            }
            case OfTable.Copy(int _, int _, int to) -> {
                Seen seen = new Seen(0);
                ((CopiedTable) of)
                        .copyRange(
                                tables.get(to),
                                start,
                                end,
                                (which, address, value) -> seen.sees(which == 0 ? table : to, address, value));
                return seen.result;
            }
            case OfTable.Clear _ -> of.clear(start, end);
            case OfTable.Pin _ -> {
                return TableSpecification.with(0, operation.start(), ((LocklessTable.Pinned) of).pin(start));
            }
            case OfTable.Load _ -> {
                return TableSpecification.with(0, operation.start(), ((LocklessTable.HardwareWalked) of).load(start));
            }
            case OfTable.Collapse _ -> ((LocklessTable.Collapsed) of).collapse(start, end);
            case OfTable.Retract _ -> ((LocklessTable.Retracted) of).retract(start, end);
            case OfTable.Protect _ -> ((ProtectedTable) of).protect(start, end);
            case OfTable.Finish _ -> tables.forEach(WalkedTable::finish);
        }
        return Operation.DONE;
    }

    /** What a walk has seen: of each table in ascending order. */
    private final class Seen implements Visitor {

        private final int first;
        private long result;

        Seen(int firstTable) {
            this.first = firstTable;
        }

        @Override
        public void sees(int table, int address, long value) {
            int entry = (first + table) * span + address;
            for (int later = entry; later < (first + table + 1) * span; later++) {
                machine.bugOn(TableSpecification.valueOf(result, later) != 0, "a walk comes back to entry " + entry);
            }
            result = TableSpecification.with(result, entry, value);
        }

        @Override
        public String toString() {
            return Long.toHexString(result);
        }
    }

    /** How many entries each of them has. */
    int span() {
        return span;
    }

    /** The tables. */
    List<WalkedTable> tables() {
        return Collections.unmodifiableList(tables);
    }

    /** The words that say which operation each actor has in flight. */
    List<Word> inFlight() {
        return inFlight;
    }

    /** Whether no operation is in flight. */
    boolean isQuiescent() {
        return inFlight.stream().allMatch(word -> word.peek() == 0);
    }

    /** All words of the tables, and those of the operations in flight. */
    List<Word> words() {
        Stream<Word> ofTables = tables.stream()
                .flatMap(table -> Stream.of(
                                table.root().stream(),
                                Stream.of(table.free()),
                                table.pages().stream().flatMap(page -> page.words().stream()))
                        .flatMap(words -> words));
        return Stream.concat(ofTables, inFlight.stream()).toList();
    }
}
