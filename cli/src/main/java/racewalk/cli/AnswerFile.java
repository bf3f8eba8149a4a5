package racewalk.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What engines have answered, a JSON object on a line for each answer, written as it comes: a run that was interrupted
 * goes on from there. An answer counts as long as the hashes of its cell and of the explorer, whose outcomes jcstress
 * compares with, and the engine's options are the same; a change of the engine itself is not noticed.
 */
final class AnswerFile implements AutoCloseable {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** What an answer is about. */
    record Question(String cell, String hash, String tool, String engine, List<String> options) {

        static Question of(Run.Job job, ForeignEngine engine, String tool) {
            return new Question(
                    job.toString(),
                    CellHash.CURRENT.of(job.scenario(), job.cell()),
                    tool,
                    engine.name(),
                    engine.options());
        }
    }

    /** A line of the file. */
    record Line(Question question, EngineAnswer answer) {}

    private final Map<Question, EngineAnswer> answers = new HashMap<>();
    private final BufferedWriter writer;

    /**
     * Reads what {@code file} has, if it is there, and goes on with it. A last line without an end is what a killed run
     * has left, and is taken away.
     *
     * @throws UsageException if it has something else, or cannot be written
     */
    AnswerFile(Path file) {
        try {
            if (Files.exists(file)) {
                read(file);
            }
            this.writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UsageException("the answers cannot be kept in " + file + ": " + e.getMessage());
        }
    }

    private void read(Path file) throws IOException {
        String text = Files.readString(file);
        int end = text.lastIndexOf('\n') + 1;
        int number = 0;
        for (String line : text.substring(0, end).lines().toList()) {
            number++;
            try {
                Line read = MAPPER.readValue(line, Line.class);
                answers.put(read.question, read.answer);
            } catch (JacksonException e) {
                throw new UsageException(file + ":" + number
                        + ": expected an answer that 'racewalk agree --keep' wrote; name another file");
            }
        }
        if (end < text.length()) {
            Files.writeString(file, text.substring(0, end));
        }
    }

    /** The answer to it, if the file has one. */
    synchronized Optional<EngineAnswer> find(Question question) {
        return Optional.ofNullable(answers.get(question));
    }

    /** Keeps an answer, but not that there is none: the next run may have one. */
    synchronized void add(Question question, EngineAnswer answer) {
        if (answer.status() == EngineAnswer.Status.UNSUPPORTED) {
            return;
        }
        answers.put(question, answer);
        try {
            writer.write(MAPPER.writeValueAsString(new Line(question, answer)) + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
