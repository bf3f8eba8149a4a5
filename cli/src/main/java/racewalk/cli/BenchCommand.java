package racewalk.cli;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.cli.bench.Bench;
import racewalk.cli.bench.Report;

/** {@code racewalk bench}: how fast the explorer is, beside what else there is. */
@Command(
        name = "bench",
        description = "Measure the explorer's engines, beside Lincheck and, where it is installed, Spin; count what\n"
                + "notifiers cost.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:everything was measured, however fast",
            "1:two searches that must agree do not",
            "2:the command line or a file is malformed",
            "3:interrupted"
        })
final class BenchCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "PART",
            description = "Measure this part alone: ${COMPLETION-CANDIDATES}. Default: all of them.")
    private Set<Bench.Part> parts = EnumSet.noneOf(Bench.Part.class);

    @Option(names = "--quick", description = "Only see whether it works: seconds, and figures that mean nothing.")
    private boolean quick;

    @Option(names = "--json", description = "Print the tables as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Home home = Home.find();
        Bench.Size size = quick ? Bench.Size.QUICK : Bench.Size.FULL;
        Report report = new Bench(home.root(), home::scenario, size, System.err, Interrupt::isRequested)
                .run(parts.isEmpty() ? EnumSet.allOf(Bench.Part.class) : parts);
        System.out.print(json ? JsonReport.ofValue(report.json()) + "\n" : report.text());
        if (report.differs()) {
            return ExitCode.DIFFERS;
        }
        return Interrupt.isRequested() ? ExitCode.INCONCLUSIVE : ExitCode.AS_EXPECTED;
    }
}
