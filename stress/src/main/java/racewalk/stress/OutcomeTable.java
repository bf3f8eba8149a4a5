package racewalk.stress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import racewalk.explore.Outcome;
import racewalk.explore.Outcomes;
import racewalk.machine.Actor;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;

/**
 * The outcomes of a case as texts, such as {@code cpu0: ok; dev0: ok, 5 | OK}: what each operation gave, and the first
 * invariant that does not hold at the end. Where a rule of the machine was broken, the outcome is the rule's name
 * alone.
 *
 * <p>An outcome is bad if a rule or an invariant is broken, or if no run to it has a history that flat memory explains.
 * A run on real CPUs does not tell which operation ended before which began; so results that some runs reach legally
 * and others do not count as good.
 *
 * @param properties for each outcome the property that it violates, or {@link #GOOD}
 * @param limit why there may be others, for people; null if these are all that a sequentially consistent machine may
 *     show
 */
public record OutcomeTable(Map<String, String> properties, String limit) {

    /** Stands for no property: nothing is violated. */
    public static final String GOOD = "";

    /** Copies are kept. */
    public OutcomeTable {
        properties = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    static OutcomeTable of(Case of, Outcomes outcomes) {
        Program program = of.program(LiveMachine.spinning(_ -> 0));
        Map<String, String> properties = new TreeMap<>();
        outcomes.outcomes().forEach((outcome, legal) -> {
            String property = outcome.violated() != null
                    ? outcome.violated()
                    : legal ? GOOD : program.observer().name();
            // Two results may read the same: then the better one counts.
            properties.merge(text(program, outcome), property, (a, b) -> a.equals(GOOD) ? a : b);
        });
        return new OutcomeTable(properties, outcomes.limit());
    }

    /** An outcome as text. */
    static String text(Program program, Outcome outcome) {
        if (outcome.isBroken()) {
            return outcome.violated();
        }
        StringJoiner text =
                new StringJoiner("; ", "", " | " + (outcome.violated() == null ? "OK" : outcome.violated()));
        for (int i = 0; i < program.actors().size(); i++) {
            Actor actor = program.actors().get(i);
            List<Long> results = outcome.results().get(i);
            List<String> shown = new ArrayList<>();
            for (int j = 0; j < results.size(); j++) {
                shown.add(actor.actions().get(j).result().show(results.get(j)));
            }
            text.add(actor.task().name() + ": " + String.join(", ", shown));
        }
        return text.toString();
    }

    /** Whether every sequentially consistent outcome is here: only then is any other forbidden. */
    public boolean isComplete() {
        return limit == null;
    }

    /** Whether some outcome is bad. */
    public boolean hasBad() {
        return properties.values().stream().anyMatch(property -> !property.equals(GOOD));
    }
}
