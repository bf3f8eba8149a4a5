package racewalk.stress;

import java.time.Duration;
import java.util.List;
import racewalk.explore.Budget;

/** What {@link Main} starts in a JVM of its own, so that no cell can take the others with it. */
final class Worker {

    private Worker() {}

    /** Arguments: the milliseconds of each cell, those of each table, and cells as {@link Main} has them. */
    public static void main(String[] arguments) {
        Stress stress =
                new Stress(Integer.parseInt(arguments[0]), Budget.of(Duration.ofMillis(Long.parseLong(arguments[1]))));
        for (Request request : Request.parse(List.of(arguments).subList(2, arguments.length))) {
            System.out.println(answer(stress, request));
            System.out.flush();
        }
        System.exit(0); // threads that jcstress gave up on may still run
    }

    private static String answer(Stress stress, Request request) {
        long start = System.nanoTime();
        try {
            Report report = stress.run(request.toCase());
            return request.result(
                    report.isViolated() ? "violated" : report.samples().total() == 0 ? "unsupported" : "sampled",
                    report.samples().total(),
                    System.nanoTime() - start,
                    report.samples().total() == 0 ? "no sample" : report.what());
        } catch (Exception | Error e) {
            String what = e.getMessage() == null ? e.toString() : e.getMessage();
            return request.result("unsupported", 0, System.nanoTime() - start, what);
        }
    }
}
