package racewalk.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;
import racewalk.explore.Checkpoints;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;

/** The options by which a long search goes on after it was stopped. */
final class CheckpointOptions {

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "Keep what the search of a single cell has done in this file; it is deleted at the end.")
    private Path file;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "TIME",
            defaultValue = "1m",
            converter = DurationConverter.class,
            description = "How often. Default: 1m, and once more when a limit ends the search.")
    private Duration every;

    @Option(names = "--resume", description = "Go on with what the file has.")
    private boolean resume;

    /** {@code run} with checkpoints, if the user wants them. */
    Run of(Run run, List<Run.Job> jobs) {
        if (file == null) {
            if (resume) {
                throw new UsageException("--resume goes on with a file: name it by --checkpoint");
            }
            return run;
        }
        Settings settings = run.checker().settings();
        if (jobs.size() != 1) {
            throw new UsageException("--checkpoint keeps the search of a single cell, not of " + jobs.size()
                    + "; choose one by --design");
        }
        if (settings.strategy() != Strategy.SLEEP && settings.strategy() != Strategy.NAIVE) {
            throw new UsageException("--checkpoint keeps searches by --strategy sleep or naive");
        }
        if (Files.isDirectory(file)) {
            throw new UsageException("--checkpoint: " + file + " is a directory; name a file");
        }
        Run.Job job = jobs.getFirst();
        String identity = "%s@%s by %s with salt %d, symmetry %s, tool %s"
                .formatted(
                        job,
                        CellHash.CURRENT.of(job.scenario(), job.cell()),
                        settings.strategy(),
                        settings.salt(),
                        settings.symmetry(),
                        CellHash.CURRENT.tool());
        return run.with(settings.with(new Checkpoints(file, every, identity, resume)));
    }
}
