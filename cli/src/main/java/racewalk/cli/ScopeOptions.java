package racewalk.cli;

import picocli.CommandLine.Option;
import racewalk.specs.Scenario;

/** The options of commands that take scenarios within a smaller scope. */
final class ScopeOptions {

    @Option(names = "--cpus", paramLabel = "N", description = "Only the first N CPUs.")
    private int cpus = Scenario.Scope.ALL;

    @Option(names = "--ops", paramLabel = "N", description = "Only the first N operations of each actor.")
    private int operations = Scenario.Scope.ALL;

    /** The scope. */
    Scenario.Scope scope() {
        if (cpus < 1 || operations < 1) {
            throw new UsageException("a scope of zero proves nothing: --cpus and --ops are at least 1");
        }
        return new Scenario.Scope(cpus, operations);
    }
}
