package racewalk.explore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the workers of one search on threads, and adds up what they have found. */
final class Workers {

    private Workers() {}

    /** Runs all members of {@code crew} to their ends, on a thread each if there are several. */
    static Exploration run(Crew crew) {
        if (crew.members().size() == 1) {
            crew.members().getFirst().run();
        } else {
            onThreads(crew);
        }
        crew.close();
        Exploration exploration = crew.soFar();
        if (exploration.isExhaustive() && crew.hasWork()) {
            throw new IllegalStateException("the search ended, and not all was explored");
        }
        return exploration;
    }

    private static void onThreads(Crew crew) {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(crew.members().size())) {
            List<Future<Exploration>> futures = crew.members().stream()
                    .map(member -> threads.submit(member::run))
                    .toList();
            futures.forEach(Workers::get);
        }
    }

    private static void get(Future<Exploration> future) {
        try {
            future.get();
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

    /** All parts together; the states are those of the last, since all share one table. */
    static Exploration sum(List<Exploration> parts) {
        String limit = null;
        Map<String, Finding> findings = new LinkedHashMap<>();
        TreeSet<String> marks = new TreeSet<>();
        long transitions = 0;
        long executions = 0;
        int depth = 0;
        for (Exploration part : parts) {
            limit = limit == null ? part.limit() : limit;
            part.findings().forEach(findings::putIfAbsent);
            marks.addAll(part.marks());
            transitions += part.counts().transitions();
            executions += part.counts().executions();
            depth = Math.max(depth, part.counts().depth());
        }
        long states = parts.getLast().counts().states();
        return new Exploration(new Counts(states, transitions, executions, depth), limit, findings, List.copyOf(marks));
    }
}
