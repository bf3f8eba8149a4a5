package racewalk.lincheck;

import java.util.List;

/** Searches cells one after the other, in the JVM that {@link Main} starts for it. */
public final class Worker {

    private Worker() {}

    /** As {@link Main}, but a cell that hangs hangs this. */
    public static void main(String[] words) throws Arguments.Malformed {
        Arguments arguments = Arguments.parse(List.of(words));
        for (Arguments.Request request : arguments.requests()) {
            System.out.println(answer(arguments, request));
        }
        System.out.flush();
        System.exit(0); // Lincheck's threads would keep the JVM
    }

    private static String answer(Arguments arguments, Arguments.Request request) {
        Result result =
                Search.of(Case.of(request.scenario(), request.cell()), arguments.strategy(), arguments.budget());
        if (result.status() == Result.Status.VIOLATED) {
            System.err.println(request.name().replace('\t', ' ') + ": " + result.what() + ": " + result.message());
        }
        String line = String.join(
                "\t",
                "RESULT",
                request.name(),
                result.status().toString(),
                Long.toString(result.runs()),
                Long.toString(result.nanos()),
                result.what());
        return arguments.trace() && !result.trace().isEmpty()
                ? line + "\n" + result.trace().indent(2).stripTrailing()
                : line;
    }
}
