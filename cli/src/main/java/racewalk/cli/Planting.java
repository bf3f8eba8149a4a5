package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import racewalk.cli.EngineAnswer.Status;
import racewalk.specs.KnownFault;
import racewalk.specs.Scenario;

/**
 * Plants one known fault, drawn by a seed: every engine that has once found it must find it again within its budget, or
 * what it says of other cells means nothing.
 *
 * @param seed which fault
 * @param job the refuted cell
 * @param fault who has found it
 */
record Planting(long seed, Run.Job job, KnownFault fault) {

    /** How much more than once needed an engine may take: machines differ, and jcstress depends on chance. */
    private static final long GENEROSITY = 4;

    private static final long JCSTRESS_MILLIS = 4_000;

    /**
     * Draws a fault of {@code jobs}; null if none of them is known to other engines.
     *
     * @throws UsageException if the file of faults names a cell that there is not
     */
    static Planting draw(Home home, List<Run.Job> jobs, long seed) {
        List<Planting> plantings = new ArrayList<>();
        List<Run.Job> all = home.jobs(true);
        for (KnownFault fault : home.faults()) {
            if (all.stream().noneMatch(job -> job.toString().equals(fault.cell()))) {
                throw new UsageException("specs/faults.yaml names a cell that there is not: " + fault.cell()
                        + "; write it again by 'racewalk agree --accept'");
            }
            jobs.stream()
                    .filter(job -> job.toString().equals(fault.cell()))
                    .forEach(job -> plantings.add(new Planting(seed, job, fault)));
        }
        if (plantings.isEmpty()) {
            return null;
        }
        return plantings.get(new SplittableRandom(seed).nextInt(plantings.size()));
    }

    /** What other engines have found, for {@link KnownFault#accept}: not what jcstress has seen once or twice. */
    static List<KnownFault> known(List<Agreement> all) {
        List<KnownFault> faults = new ArrayList<>();
        for (Agreement agreement : all) {
            Map<String, Long> found = new TreeMap<>();
            for (EngineAnswer answer : agreement.answers()) {
                if (answer.status() == Status.VIOLATED && answer.effort() >= answer.leastEffort()) {
                    found.put(answer.engine(), answer.effort());
                }
            }
            if (!found.isEmpty() && agreement.job().scenario().scope().equals(Scenario.Scope.FULL)) {
                faults.add(new KnownFault(agreement.job().toString(), found));
            }
        }
        return faults;
    }

    /** Asks the engines, with a line for each on the error stream; whether all have found it. */
    boolean isFound(Home home) {
        System.err.println("planted " + job + ", seed " + seed);
        boolean all = true;
        for (Map.Entry<String, Long> known : fault.found().entrySet()) {
            EngineAnswer answer = ask(home, known.getKey(), known.getValue());
            boolean found = answer != null && answer.status() == Status.VIOLATED;
            System.err.println((found ? "  " : "! ")
                    + known.getKey()
                    + (answer == null
                            ? " was interrupted"
                            : (found ? " finds it: " : " does not find it: ") + answer.describe()));
            all &= found;
        }
        return all;
    }

    private EngineAnswer ask(Home home, String name, long effort) {
        if (name.equals(InOrder.NAME)) {
            return InOrder.of(job.scenario(), job.cell());
        }
        List<EngineAnswer> answers = new ArrayList<>();
        engine(home, name, effort).ask(List.of(job), (_, answer) -> answers.add(answer));
        return answers.isEmpty() ? null : answers.getFirst();
    }

    private ForeignEngine engine(Home home, String name, long effort) {
        return switch (name) {
            case ForeignEngine.LINCHECK -> ForeignEngine.lincheck(home, GENEROSITY * effort);
            case ForeignEngine.JCSTRESS -> ForeignEngine.jcstress(home, JCSTRESS_MILLIS);
            default -> throw new UsageException("specs/faults.yaml names an engine that there is not: " + name);
        };
    }
}
