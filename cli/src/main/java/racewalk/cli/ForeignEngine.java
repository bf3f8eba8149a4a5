package racewalk.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import racewalk.specs.Scenario;

/**
 * An engine whose harness is another module: started in a JVM of its own, so that this module does without it. It is
 * given cells and prints for each, as soon as it is known, a line of fields separated by tabs: {@code RESULT}, the
 * scenario, the CPUs, the operations, the cell, the status, the runs, the nanoseconds, and what was found.
 *
 * @param name the engine's
 * @param module the folder of the module
 * @param main its main class
 * @param options come before the cells
 */
record ForeignEngine(String name, Path module, String main, List<String> options) {

    /** The name of Lincheck's model checking, which looks at every state of its runs. */
    static final String LINCHECK = "lincheck";

    /** The name of jcstress, which looks at how runs end. */
    static final String JCSTRESS = "jcstress";

    private static final int FIELDS = 9;

    /** Lincheck's model checking. */
    static ForeignEngine lincheck(Home home, long runs) {
        return new ForeignEngine(
                LINCHECK, home.root().resolve("lincheck"), "racewalk.lincheck.Main", List.of("--budget", "" + runs));
    }

    /** jcstress. */
    static ForeignEngine jcstress(Home home, long millis) {
        return new ForeignEngine(
                JCSTRESS,
                home.root().resolve("stress"),
                "racewalk.stress.Main",
                List.of("--samples-time", "" + millis));
    }

    /**
     * Asks about cells and tells {@code each} the answers, in order; of an interrupted run those that there are.
     *
     * @throws UsageException if the module has not been built
     */
    void ask(List<Run.Job> jobs, BiConsumer<Run.Job, EngineAnswer> each) {
        if (jobs.isEmpty()) {
            return;
        }
        try {
            Process process = new ProcessBuilder(command(jobs))
                    .directory(module.toFile())
                    .redirectError(log().toFile())
                    .start();
            Interrupt.alsoEnds(process);
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                int answered = 0;
                for (String line = lines.readLine();
                        line != null && !Interrupt.isRequested();
                        line = lines.readLine()) {
                    if (line.startsWith("RESULT\t")) {
                        Run.Job job = jobs.get(answered++);
                        each.accept(job, answer(job, line));
                    }
                }
                if (answered < jobs.size() && !Interrupt.isRequested()) {
                    throw new IllegalStateException(name + " ended after " + answered + " of " + jobs.size()
                            + " cells; its messages are in " + log());
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                Interrupt.ended(process);
            }
        } catch (IOException e) {
            if (!Interrupt.isRequested()) { // which closes what it printed
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The command line that asks about one cell, for people. */
    String reproducer(Run.Job job) {
        List<String> words = new ArrayList<>(List.of("java", "-cp", classPath(), main));
        words.addAll(options);
        words.addAll(words(job));
        return String.join(" ", words);
    }

    private Path log() {
        return module.resolve("target/" + name + ".log");
    }

    private List<String> command(List<Run.Job> jobs) {
        if (!Files.isDirectory(module.resolve("target/classes")) || !Files.isDirectory(module.resolve("target/lib"))) {
            throw new UsageException(name + " has not been built; build it with: mvn -q -B -DskipTests -pl "
                    + module.getFileName() + " -am package");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx3g", "-cp", classPath(), main));
        command.addAll(options);
        jobs.forEach(job -> command.addAll(words(job)));
        return command;
    }

    private String classPath() {
        Path target = module.toAbsolutePath().normalize().resolve("target");
        return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*";
    }

    private static List<String> words(Run.Job job) {
        Scenario scenario = job.scenario();
        return List.of(
                scenario.file().toAbsolutePath().normalize().toString(),
                "" + scenario.scope().cpus(),
                "" + scenario.scope().operations(),
                job.cell().toString());
    }

    private EngineAnswer answer(Run.Job job, String line) {
        String[] fields = line.split("\t", FIELDS);
        if (fields.length != FIELDS
                || !fields[1].equals(job.scenario().id())
                || !fields[4].equals(job.cell().toString())) {
            throw new IllegalStateException(name + " has printed what is no result for " + job + ": " + line);
        }
        return new EngineAnswer(
                name,
                EngineAnswer.Status.valueOf(fields[5].toUpperCase(Locale.ROOT)),
                Long.parseLong(fields[6]),
                Long.parseLong(fields[7]),
                fields[8]);
    }
}
