package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import racewalk.cli.EngineAnswer.Status;
import racewalk.explore.Outcomes;
import racewalk.machine.BrokenRule.Rule;
import racewalk.specs.ExpectedResults;
import racewalk.specs.Linearizability;
import racewalk.specs.TableSpecification;
import racewalk.specs.Verdict;

/**
 * What all engines say of one cell.
 *
 * @param job the cell
 * @param explored the explorer's verdict
 * @param outcomes all ways in which a run can end, by the explorer
 * @param answers what the other engines say
 */
record Agreement(Run.Job job, CellResult explored, Outcomes outcomes, List<EngineAnswer> answers) {

    /** A copy is kept. */
    Agreement {
        answers = List.copyOf(answers);
    }

    /** The same with one answer more. */
    Agreement with(EngineAnswer answer) {
        List<EngineAnswer> more = new ArrayList<>(answers);
        more.add(answer);
        return new Agreement(job, explored, outcomes, more);
    }

    /** What {@code engine} says, if it was asked. */
    Optional<EngineAnswer> of(String engine) {
        return answers.stream().filter(answer -> answer.engine().equals(engine)).findFirst();
    }

    /**
     * Whether some run ends badly, so that those see it who see only how runs end: jcstress, and of invariants whole
     * operations in order. A state that is wrong only in passing, and a deadlock, they do not see.
     */
    boolean endsBadly() {
        return outcomes.outcomes().entrySet().stream()
                .anyMatch(outcome -> outcome.getKey().violated() != null || !outcome.getValue());
    }

    /**
     * What cannot be true together and is not explained by one of the engines having seen only a part; empty if there
     * is nothing.
     */
    List<String> disagreements() {
        List<String> disagreements = new ArrayList<>();
        for (EngineAnswer answer : answers) {
            String engine = answer.engine() + " ";
            if (answer.isForbidden()) {
                disagreements.add(engine + "has seen what the explorer says no run shows: " + answer.what());
            } else if (answer.status() == Status.VIOLATED && explored.verdict() == Verdict.PROVED) {
                disagreements.add(engine + "has found " + answer.what() + " in what the explorer has proved");
            } else if (answer.status() == Status.VIOLATED
                    && outcomes.isComplete()
                    && seesOnlyEnds(answer)
                    && !endsBadly()) {
                disagreements.add(engine + "has found " + answer.what() + ", and by the explorer no run ends badly");
            } else if (answer.status() == Status.EXHAUSTED && mustFind(answer)) {
                disagreements.add(engine + "has run everything and found nothing in what the explorer has refuted");
            }
        }
        return disagreements;
    }

    /**
     * Whether the engine has found it by how a run ends. Lincheck sees all that comes before; whole operations in order
     * are a history, whose results may be legal in another one, and one that goes round for ever does not end.
     */
    private static boolean seesOnlyEnds(EngineAnswer answer) {
        return switch (answer.engine()) {
            case ForeignEngine.LINCHECK -> false;
            case InOrder.NAME ->
                !Set.of(Linearizability.NAME, ExpectedResults.NAME, TableSpecification.NAME, Rule.LIVELOCK.title())
                        .contains(answer.what());
            default -> true;
        };
    }

    /** Whether an engine that has run everything has seen what is violated. */
    private boolean mustFind(EngineAnswer answer) {
        return explored.verdict() == Verdict.REFUTED && answer.engine().equals(ForeignEngine.LINCHECK);
    }

    /** Whether {@code engine} was not asked, or has no answer. */
    boolean isUnanswered(String engine) {
        return of(engine)
                .filter(answer -> answer.status() != Status.UNSUPPORTED)
                .isEmpty();
    }

    /** Whether the explorer's own answer is worth comparing. */
    boolean isInconclusive() {
        return explored.verdict() == Verdict.UNKNOWN || !outcomes.isComplete();
    }
}
