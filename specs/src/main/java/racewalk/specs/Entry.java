package racewalk.specs;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import racewalk.specs.Design.Kind;

/**
 * What is known about one cell of a scenario: a line of the {@link Ledger}, computed by a run.
 *
 * @param scenario the scenario's id
 * @param designs the designs' ids
 * @param verdict the verdict
 * @param exhausted whether every state of the scope was visited
 * @param violated for each violated property the fewest preemptions of a run that violates it, of a livelock those of
 *     the run that was found, -1 if that is not known
 * @param states visited states
 * @param transitions steps between them
 * @param executions complete runs among those
 * @param depth the steps of the longest run
 * @param hash of all that the cell uses, in hexadecimal digits; empty if it is not known
 */
public record Entry(
        String scenario,
        Map<Kind, String> designs,
        Verdict verdict,
        boolean exhausted,
        Map<String, Integer> violated,
        long states,
        long transitions,
        long executions,
        long depth,
        String hash) {

    /** Copies are kept. */
    public Entry {
        designs = Collections.unmodifiableMap(new TreeMap<>(designs));
        violated = Collections.unmodifiableMap(new TreeMap<>(violated));
    }

    /** The same, by nobody knows which tool: it is computed anew when it is needed. */
    public Entry withoutHash() {
        return new Entry(scenario, designs, verdict, exhausted, violated, states, transitions, executions, depth, "");
    }

    /** Whether a property holds in every state of the cell's scope: null if that is not known. */
    public Boolean holds(String property) {
        if (violated.containsKey(property)) {
            return false;
        }
        return exhausted && verdict != Verdict.UNKNOWN ? true : null;
    }

    /** Whether a run of more time or memory would find out nothing more. */
    public boolean isSettled() {
        return exhausted && !violated.containsValue(-1);
    }

    /** The scenario and the designs, for people: {@code dontneed/linux-2.6.24/lameter/gru-lockless}. */
    public String cell() {
        return scenario + "/" + String.join("/", designs.values());
    }
}
