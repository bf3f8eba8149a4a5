package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.StateCase;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.runners.TestList;

/** The tests of {@code racewalk.stress.orders}: what the Java memory model forbids is not seen. */
class OrdersTest {

    private static final int MILLIS = 100;
    private static final long MINIMUM = 1_000;
    private static final int MAX_SECONDS = 240;
    private static final int NIGHTLY_MAX_SECONDS = 3_600;

    /** Every test, whatever number of actors it has; the CPUs are two. */
    @TestFactory
    Stream<DynamicTest> inProcess() {
        Collection<String> tests = TestList.tests();
        Map<String, Samples> seen = new TreeMap<>();
        for (String test : tests) {
            TestInfo info = TestList.getInfo(test);
            // Some races are met at the start of a stride, others by actors that have drifted apart.
            seen.put(test, run(info, InProcess.Strides.OF_ACCESSES).and(run(info, InProcess.Strides.OF_CELLS)));
        }
        return TestCases.of(tests, seen, MINIMUM, OrdersTest::check);
    }

    private static Samples run(TestInfo info, InProcess.Strides strides) {
        return InProcess.run(
                OrdersTest.class.getClassLoader(), info.generatedRunner(), info.threads(), MILLIS, strides, MINIMUM);
    }

    /** Two actors are what jcstress itself would run on two CPUs. */
    @TestFactory
    Stream<DynamicTest> forked() throws Exception {
        Forked run = new Forked(Path.of("target/jcstress"), System.getProperty("java.class.path"), MAX_SECONDS);
        String tests = "PageBeforePte|InvalidationAndFault";
        List<String> options = List.of("-sc", "false", "-f", "1", "-iters", "2", "-time", "200");
        return TestCases.of(twoActors(tests), run.run(tests, "-Xmx256m", options), MINIMUM, OrdersTest::check);
    }

    /** All modes of compilation that jcstress knows. */
    @Tag("nightly")
    @TestFactory
    Stream<DynamicTest> inEveryModeOfCompilation() throws Exception {
        Forked run = new Forked(
                Path.of("target/jcstress-nightly"), System.getProperty("java.class.path"), NIGHTLY_MAX_SECONDS);
        List<String> options = List.of("-f", "1", "-iters", "5", "-time", "200");
        return TestCases.of(twoActors(".*"), run.run(".*", "-Xmx256m", options), MINIMUM, OrdersTest::check);
    }

    private static List<String> twoActors(String tests) {
        return TestList.tests().stream()
                .filter(test -> TestList.getInfo(test).threads() == 2)
                .filter(test ->
                        java.util.regex.Pattern.compile(tests).matcher(test).find())
                .toList();
    }

    private static void check(String test, Samples samples) {
        TestInfo info = TestList.getInfo(test);
        List<String> forbidden = samples.counts().keySet().stream()
                .filter(outcome -> expectation(info, outcome) == Expect.FORBIDDEN)
                .toList();
        assertEquals(List.of(), forbidden, () -> test + " in " + samples.total() + " samples");
        System.out.printf(
                "%s: %d samples, %s%n", test.replaceFirst(".*\\.orders\\.", ""), samples.total(), samples.counts());
    }

    /** As jcstress has it: an exact match counts before a pattern's. */
    private static Expect expectation(TestInfo info, String outcome) {
        return info.cases().stream()
                .filter(one -> one.matchesExactly(outcome))
                .findFirst()
                .or(() -> info.cases().stream()
                        .filter(one -> one.matches(outcome))
                        .findFirst())
                .map(StateCase::expect)
                .orElse(Expect.FORBIDDEN);
    }
}
