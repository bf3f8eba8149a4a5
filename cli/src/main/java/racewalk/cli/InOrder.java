package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import racewalk.cli.EngineAnswer.Status;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;
import racewalk.specs.Cell;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/**
 * Every order of whole operations, one after the other, on {@link LiveMachine}: what a cell does without concurrency.
 * Where this violates something the design is wrong for one CPU already. An order in which an operation would have to
 * wait for a later one is none.
 */
final class InOrder {

    static final String NAME = "in order";

    private final Scenario scenario;
    private final Cell cell;
    private final int[] length;
    private long orders;
    private int performed;
    private String limit;
    private String violated;

    private InOrder(Scenario scenario, Cell cell) {
        this.scenario = scenario;
        this.cell = cell;
        this.length = scenario.actors().values().stream().mapToInt(List::size).toArray();
    }

    /** Runs them all, until one violates something. */
    static EngineAnswer of(Scenario scenario, Cell cell) {
        long start = System.nanoTime();
        InOrder search = new InOrder(scenario, cell);
        search.extend(new ArrayList<>(), new int[search.length.length]);
        if (search.orders == 0 && search.limit == null) {
            search.limit = "every order would have to wait for a later operation";
        }
        Status status = search.violated != null
                ? Status.VIOLATED
                : search.limit != null ? Status.UNSUPPORTED : Status.EXHAUSTED;
        String what = search.violated != null ? search.violated : search.limit != null ? search.limit : "";
        return new EngineAnswer(NAME, status, search.orders, System.nanoTime() - start, what);
    }

    private void extend(List<Integer> order, int[] done) {
        boolean complete = true;
        for (int actor = 0; actor < length.length && violated == null; actor++) {
            if (done[actor] < length[actor]) {
                complete = false;
                done[actor]++;
                order.add(actor);
                extend(order, done);
                order.removeLast();
                done[actor]--;
            }
        }
        if (complete) {
            violated = run(order);
        }
    }

    private String run(List<Integer> order) {
        LiveMachine machine = LiveMachine.alone(_ -> 0);
        Program program = Rigs.program(machine, scenario, cell);
        performed = 0;
        try {
            String illegal = run(machine, program, program.observer(), order);
            orders++;
            if (illegal != null) {
                return illegal;
            }
        } catch (BrokenRule e) {
            boolean waits = e.rule() == Rule.DEADLOCK || e.rule() == Rule.LIVELOCK;
            return waits && performed < order.size() - 1 ? null : e.rule().title();
        } catch (ScopeExceeded e) {
            limit = e.getMessage();
            return null;
        }
        return program.invariants().stream()
                .filter(invariant -> invariant.check().get() != null)
                .map(Invariant::name)
                .findFirst()
                .orElse(null);
    }

    /** What the history of the operations in this order violates, or null. */
    private <S extends Observer.State> String run(
            LiveMachine machine, Program program, Observer<S> observer, List<Integer> order) {
        int[] next = new int[program.actors().size()];
        S state = observer.initial();
        for (int number : order) {
            Actor actor = program.actors().get(number);
            int action = next[number]++;
            state = observer.invoked(state, number, action);
            long result = machine.run(actor.task(), actor.actions().get(action));
            performed++;
            state = observer.responded(state, number, action, result);
        }
        return observer.complaint(state) == null ? null : observer.property(state);
    }
}
