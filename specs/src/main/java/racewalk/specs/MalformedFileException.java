package racewalk.specs;

import java.nio.file.Path;

/** A file of the specifications that cannot be used: where, what was expected, and what to do, in one line. */
public final class MalformedFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** {@code message} about the place in {@code file}; lines and columns count from 1. */
    public MalformedFileException(Path file, int line, int column, String message) {
        super(file + ":" + line + ":" + column + ": " + message);
    }

    /** {@code message} about the whole of {@code file}. */
    public MalformedFileException(Path file, String message) {
        super(file + ": " + message);
    }
}
