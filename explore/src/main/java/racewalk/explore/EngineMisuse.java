package racewalk.explore;

/** Model code asks the machine for something that no engine can do, such as to wait inside a hardware step. */
final class EngineMisuse extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EngineMisuse(String message) {
        super(message);
    }
}
