package racewalk.stress;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * What jcstress saw of one test.
 *
 * @param counts how often each outcome was seen
 * @param failure why jcstress could not go on, for people; null if it could
 */
public record Samples(Map<String, Long> counts, String failure) {

    /** A copy is kept. */
    public Samples {
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    }

    static Samples of(TestResult result) {
        Map<String, Long> counts = new TreeMap<>();
        result.getStateKeys().forEach(outcome -> counts.put(outcome, result.getCount(outcome)));
        return new Samples(
                counts,
                result.status() == Status.NORMAL
                        ? null
                        : result.status() + " " + String.join(" ", result.getMessages()));
    }

    /** These and others of the same test. */
    Samples and(Samples others) {
        Map<String, Long> sum = new TreeMap<>(counts);
        others.counts.forEach((outcome, count) -> sum.merge(outcome, count, Long::sum));
        return new Samples(sum, failure == null ? others.failure : failure);
    }

    /** How many samples there are. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
