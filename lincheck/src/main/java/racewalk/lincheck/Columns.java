package racewalk.lincheck;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import racewalk.machine.Access;
import racewalk.machine.Actor;
import racewalk.machine.Change;
import racewalk.machine.Word;

/**
 * A run as the explorer draws its counterexamples: one column for each task, time downward. A vertical line in a column
 * is a lock that is held there.
 */
final class Columns {

    private static final int MAX_WIDTH = 52;

    private final CellRun run;
    private final List<List<String>> rows = new ArrayList<>();
    private final int[] held;

    private Columns(CellRun run) {
        this.run = run;
        this.held = new int[run.actors().size()];
    }

    /** The text, with a line break at the end. */
    static String of(CellRun run, Violation violation) {
        return new Columns(run).draw() + "violated " + violation.property() + ": " + violation.message() + "\n";
    }

    private String draw() {
        List<String> header = new ArrayList<>(List.of("#"));
        run.actors().forEach(actor -> header.add(actor.task().name()));
        header.add("");
        rows.add(header);
        int number = 1;
        for (Step step : run.steps()) {
            if (step.begins()) {
                add("", step.task(), bars(held[step.task()]) + "► " + step.operation(), "");
            }
            add(step, number++);
            if (step.result() != null) {
                add("", step.task(), bars(held[step.task()]) + "◄ " + step.operation() + ": " + step.result(), "");
            }
        }
        return table();
    }

    private void add(Step step, int number) {
        int before = held[step.task()];
        int after = step.held().size();
        String text = text(step.seen(), before != after);
        if (after > before) {
            text = bars(before) + "┌ " + text;
        } else if (after < before) {
            text = bars(after) + "└ " + text;
        } else {
            text = bars(before) + (before > 0 ? " " : "") + text;
        }
        held[step.task()] = after;
        add(Integer.toString(number), step.task(), text, step.where());
    }

    private String text(Seen seen, boolean lock) {
        return switch (seen) {
            case Seen.Accessed accessed -> {
                String what = accessed.access().verb() + " " + accessed.word().name();
                yield lock ? what : what + ": " + value(accessed);
            }
            case Seen.Stepped(String unit, String what, List<Seen.Accessed> inside) -> {
                StringJoiner all = new StringJoiner(", ");
                inside.stream().filter(Columns::isWorthShowing).forEach(a -> all.add(a.word() + " " + value(a)));
                String value = all.toString();
                yield (value.contains(unit) ? what : what + " " + unit) + (value.isEmpty() ? "" : ": " + value);
            }
            case null -> "(breaks a rule)";
        };
    }

    private static boolean isWorthShowing(Seen.Accessed accessed) {
        return accessed.access().change().kind() == Change.Kind.KEEP || accessed.before() != accessed.now();
    }

    private String value(Seen.Accessed accessed) {
        Word word = accessed.word();
        Access access = accessed.access();
        String now = show(word, accessed.now());
        if (access.change().kind() == Change.Kind.KEEP) {
            return access.observe().mask() == -1L ? word.show(accessed.told()) : now;
        }
        String before = show(word, accessed.before());
        return before.equals(now) ? now : before + " → " + now;
    }

    /** A lock by the names of its holders, any other word as it says itself. */
    private String show(Word word, long value) {
        long holders = word.holders(value);
        if (holders == 0) {
            return word.show(value);
        }
        StringJoiner names = new StringJoiner(", ");
        for (Actor actor : run.actors()) {
            if ((holders & 1L << actor.task().id()) != 0) {
                names.add(actor.task().name());
            }
        }
        return names.toString();
    }

    private void add(String number, int task, String text, String where) {
        List<String> row = new ArrayList<>(List.of(number));
        for (int t = 0; t < held.length; t++) {
            row.add(t == task ? shorten(text) : bars(held[t]));
        }
        row.add(where);
        rows.add(row);
    }

    private static String bars(int depth) {
        return "│".repeat(depth);
    }

    private static String shorten(String text) {
        return text.length() <= MAX_WIDTH ? text : text.substring(0, MAX_WIDTH - 1) + "…";
    }

    private String table() {
        int[] width = new int[held.length + 2];
        for (List<String> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                width[c] = Math.max(width[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                line.append(row.get(c))
                        .repeat(' ', width[c] - row.get(c).length())
                        .append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
