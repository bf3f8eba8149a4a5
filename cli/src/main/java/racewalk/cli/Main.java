package racewalk.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import racewalk.explore.BrokenSymmetryException;
import racewalk.explore.CheckpointException;
import racewalk.explore.NotDeterministicException;
import racewalk.specs.MalformedFileException;

/** The command line. */
@Command(
        name = "racewalk",
        description = "Settles arguments about Linux memory-management locking by machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            GateCommand.class,
            AuditCommand.class,
            AgreeCommand.class,
            CheckCommand.class,
            ReplayCommand.class,
            QuestionCommand.class,
            BenchCommand.class,
            ListCommand.class
        })
public final class Main {

    private Main() {}

    /** The version of the build. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"racewalk " + Certificate.version()};
        }
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        Interrupt.install();
        int code = run(arguments);
        Interrupt.finished(code);
        System.exit(code);
    }

    /** Runs one command and returns its exit code. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::failed)
                .execute(arguments);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (e instanceof UsageException || e instanceof MalformedFileException || e instanceof CheckpointException) {
            err.println("racewalk: " + e.getMessage());
            return ExitCode.USAGE;
        }
        if (e instanceof BrokenSymmetryException) {
            err.println("racewalk: " + e.getMessage() + "; leave it out of the scenario's 'symmetric'");
            return ExitCode.USAGE;
        }
        if (e instanceof NotDeterministicException) {
            err.println("racewalk: " + e.getMessage());
            return ExitCode.INTERNAL;
        }
        err.println("racewalk failed; please report this:");
        e.printStackTrace(err);
        return ExitCode.INTERNAL;
    }
}
