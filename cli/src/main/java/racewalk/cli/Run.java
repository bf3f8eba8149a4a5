package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import racewalk.explore.Settings;
import racewalk.specs.Cell;
import racewalk.specs.Scenario;

/**
 * Checks many cells.
 *
 * @param checker how
 * @param cellsAtOnce how many at the same time
 */
record Run(Checker checker, int cellsAtOnce) {

    /** One cell to check. */
    record Job(Scenario scenario, Cell cell) {
        @Override
        public String toString() {
            return scenario.name() + "/" + cell;
        }
    }

    /** The same by other settings. */
    Run with(Settings settings) {
        return new Run(new Checker(settings, checker.budget(), checker.reduces()), cellsAtOnce);
    }

    /** Checks the cells and returns the results in their order. */
    List<CellResult> all(List<Job> jobs) {
        return all(jobs, result -> {});
    }

    /**
     * Checks the cells and returns the results in their order; of an interrupted run those that were finished or under
     * way.
     *
     * @param each is told each result, in order, as soon as it and those before it are known
     */
    List<CellResult> all(List<Job> jobs, Consumer<CellResult> each) {
        List<CellResult> results = new ArrayList<>();
        try (ProgressDisplay display = new ProgressDisplay(jobs.size());
                ExecutorService threads = Executors.newFixedThreadPool(cellsAtOnce)) {
            List<Future<CellResult>> futures = new ArrayList<>();
            for (Job job : jobs) {
                futures.add(threads.submit(() -> check(job, display)));
            }
            for (Future<CellResult> future : futures) {
                CellResult result = get(future);
                if (result != null) {
                    results.add(result);
                    each.accept(result);
                }
            }
        }
        return results;
    }

    private CellResult check(Job job, ProgressDisplay display) {
        if (Interrupt.isRequested()) {
            return null;
        }
        CellResult result = checker.check(job.scenario(), job.cell(), display.search(job.toString()));
        display.done();
        return result;
    }

    private static CellResult get(Future<CellResult> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
