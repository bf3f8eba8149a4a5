package racewalk.stress;

import java.io.IOException;
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

    /** The parent never writes: the end of the input is its end. */
    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException e) {
            // the same
        }
        Runtime.getRuntime().halt(1);
    }

    private static String answer(Stress stress, Request request) {
        long start = System.nanoTime();
        try {
            Report report = stress.run(request.toCase());
            long samples = report.samples().total();
            long nanos = System.nanoTime() - start;
            if (report.isViolated()) {
                return request.result("violated", samples, nanos, report.what());
            }
            return samples < Stress.MINIMUM
                    ? request.result("unsupported", samples, nanos, "too few samples: " + samples)
                    : request.result("sampled", samples, nanos, report.what());
        } catch (Exception | Error e) {
            String what = e.getMessage() == null ? e.toString() : e.getMessage();
            return request.result("unsupported", 0, System.nanoTime() - start, what);
        }
    }
}
