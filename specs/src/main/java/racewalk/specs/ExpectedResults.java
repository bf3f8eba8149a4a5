package racewalk.specs;

import java.util.List;
import java.util.Map;

/**
 * What a scenario says itself of the results of its operations, beside what {@link FlatMemory} says of them.
 *
 * @param ofActors for some actors, what each of their operations may give, as people read it; {@code any} for anything
 */
public record ExpectedResults(Map<String, List<List<String>>> ofActors) {

    /** The property's name in reports. */
    public static final String NAME = "ExpectedResults";

    /** Nothing is expected. */
    static final ExpectedResults NONE = new ExpectedResults(Map.of());

    private static final List<String> ANY = List.of("any");

    /** The complaint about the result of an actor's operation number {@code action}, or null. */
    String complaint(String actor, Operation operation, int action, long result) {
        List<String> expected =
                ofActors.containsKey(actor) ? ofActors.get(actor).get(action) : ANY;
        String text = operation.show(result);
        return expected.equals(ANY) || expected.contains(text)
                ? null
                : actor + ": operation " + (action + 1) + " gave " + text + ", where " + String.join(" or ", expected)
                        + " is expected";
    }
}
