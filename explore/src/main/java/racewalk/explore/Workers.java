package racewalk.explore;

import java.util.ArrayList;
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

    /** Runs all members of a {@link Crew} to their ends. */
    static Exploration run(List<Search> crew) {
        List<Exploration> parts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(crew.size())) {
            List<Future<Exploration>> futures =
                    crew.stream().map(search -> threads.submit(search::run)).toList();
            for (Future<Exploration> future : futures) {
                parts.add(get(future));
            }
        }
        return sum(parts);
    }

    private static Exploration get(Future<Exploration> future) {
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

    private static Exploration sum(List<Exploration> parts) {
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
