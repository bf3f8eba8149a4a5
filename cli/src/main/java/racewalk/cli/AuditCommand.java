package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.explore.Strategy;
import racewalk.specs.Entry;
import racewalk.specs.Ledger;
import racewalk.specs.Scenario;

/**
 * {@code racewalk audit}: proves the ledger again by a search that takes every step of every state, so that no fault of
 * a reduction can hide in it, with other hash functions, so that no collision of fingerprints can be the same.
 */
@Command(
        name = "audit",
        description = {
            "Prove the ledger again without reductions and with other fingerprints.",
            "Verdicts, violated properties, preemptions and numbers of states must agree."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:everything agrees with the ledger",
            "1:something differs",
            "2:the command line or a file is malformed",
            "3:a limit was met, and nothing differs otherwise"
        })
final class AuditCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "CELL",
            description =
                    "A scenario's id, or one cell: scenario/mm/notifier/secondary. Default: every cell of the gate.")
    private List<String> cells = List.of();

    @Option(
            names = "--salt",
            defaultValue = "1",
            paramLabel = "N",
            description = "Which hash functions the fingerprints have; those of the gate are number 0. Default: 1.")
    private long salt;

    @Option(names = "--json", description = "Print an array of results as JSON.")
    private boolean json;

    @Mixin
    private SearchOptions search;

    /** What has become of one cell. */
    private record Audited(CellResult result, List<String> differences) {}

    @Override
    public Integer call() {
        Home home = Home.find();
        if (salt == GateCommand.LEDGER_SALT) {
            throw new UsageException("--salt " + salt + " is what the gate searches with: an audit takes another");
        }
        List<Run.Job> jobs = cells.isEmpty()
                ? home.jobs(false)
                : cells.stream()
                        .flatMap(named -> jobs(home, named).stream())
                        .distinct()
                        .toList();
        Ledger ledger = home.ledger();
        Map<String, List<Entry>> lines = new ConcurrentHashMap<>();
        List<Audited> audited = new ArrayList<>();
        search.run(Strategy.NAIVE, salt, jobs.size(), SearchOptions.processors(), false)
                .all(
                        jobs,
                        result -> audited.add(audit(
                                result, lines.computeIfAbsent(result.scenario().id(), ledger::of))));
        if (json) {
            System.out.println(
                    JsonReport.of(audited.stream().map(Audited::result).toList()));
        }
        return conclude(audited, jobs.size());
    }

    private Audited audit(CellResult result, List<Entry> lines) {
        List<String> differences = result.isLimited() ? List.of() : Compared.withLedger(result, lines);
        String cell = TextReport.cell(result);
        if (result.isLimited()) {
            say("? " + cell + ": not finished: " + result.why());
        } else if (!differences.isEmpty()) {
            say("! " + cell + ": " + String.join("; ", differences));
        }
        return new Audited(result, differences);
    }

    private int conclude(List<Audited> audited, int jobs) {
        long limited = audited.stream().filter(a -> a.result.isLimited()).count();
        long differ = audited.stream().filter(a -> !a.differences.isEmpty()).count();
        long agree = audited.size() - limited - differ;
        long unfinished = jobs - audited.size() + limited;
        say("%s searched without reductions, salt %d: %d agree with the ledger, %d differ, %d not finished"
                .formatted(TextReport.many(audited.size(), "cell"), salt, agree, differ, unfinished));
        return differ > 0 ? ExitCode.DIFFERS : unfinished > 0 ? ExitCode.INCONCLUSIVE : ExitCode.AS_EXPECTED;
    }

    private void say(String line) {
        (json ? System.err : System.out).println(line);
    }

    /** The cells of a scenario, or the one that is named. */
    private static List<Run.Job> jobs(Home home, String named) {
        int slash = named.indexOf('/');
        Scenario scenario = home.committed(slash < 0 ? named : named.substring(0, slash));
        List<Run.Job> jobs = scenario.cells().stream()
                .map(cell -> new Run.Job(scenario, cell))
                .filter(job -> slash < 0 || job.toString().equals(named))
                .toList();
        if (jobs.isEmpty()) {
            throw new UsageException("'" + named + "' is no cell of the scenario " + scenario.id() + ", which crosses: "
                    + scenario.cells().getFirst() + ", …; see 'racewalk list designs'");
        }
        return jobs;
    }
}
