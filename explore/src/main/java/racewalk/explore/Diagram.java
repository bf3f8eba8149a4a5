package racewalk.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run as the kernel's comments draw it: one column for each task, time downward. A vertical line in a column is a
 * lock that is held there; the right margin says which function of the explored code took the step.
 */
public final class Diagram {

    private static final int MAX_WIDTH = 52;
    private static final String GAP = "  ";

    private final Replay replay;
    private final List<String> actors;
    private final List<List<String>> rows = new ArrayList<>();

    private Diagram(Replay replay, List<String> actors) {
        this.replay = replay;
        this.actors = actors;
    }

    /** The text of a run of the named actors, in the order of their ids, with a line break at the end. */
    public static String of(Replay replay, List<String> actors) {
        return new Diagram(replay, actors).draw();
    }

    private String draw() {
        List<String> header = new ArrayList<>(List.of("#"));
        header.addAll(actors);
        header.add("");
        rows.add(header);
        List<Integer> held = new ArrayList<>();
        actors.forEach(_ -> held.add(0));
        int number = 1;
        for (StepRecord step : replay.steps()) {
            if (step.begins()) {
                addRow("", step.task(), held, "► " + step.operation(), "");
            }
            addStep(number++, step, held);
            if (step.result() != null) {
                addRow("", step.task(), held, "◄ " + step.operation() + ": " + step.result(), "");
            }
        }
        addEnding(held);
        return TextTable.columns(rows, GAP) + history();
    }

    private void addStep(int number, StepRecord step, List<Integer> held) {
        int before = held.get(step.task());
        int after = step.held().size();
        String text = text(step, before != after);
        if (after > before) {
            text = bars(before) + "┌ " + text;
        } else if (after < before) {
            text = bars(after) + "└ " + text;
        } else {
            text = bars(before) + (before > 0 ? " " : "") + text;
        }
        held.set(step.task(), after);
        String where = step.file().isEmpty() ? "" : step.function() + " " + step.file() + ":" + step.line();
        addCell(Integer.toString(number), step.task(), held, text, where);
    }

    private static String text(StepRecord step, boolean lock) {
        String what = step.object().isEmpty() || !step.value().contains(step.object())
                ? step.action() + " " + step.object()
                : step.action();
        return lock || step.value().isEmpty() ? what.strip() : what.strip() + ": " + step.value();
    }

    private void addRow(String number, int task, List<Integer> held, String text, String where) {
        int depth = held.get(task);
        addCell(number, task, held, bars(depth) + (depth > 0 ? " " : "") + text, where);
    }

    private void addCell(String number, int task, List<Integer> held, String text, String where) {
        List<String> row = new ArrayList<>(List.of(number));
        for (int t = 0; t < actors.size(); t++) {
            row.add(t == task ? shorten(text) : bars(held.get(t)));
        }
        row.add(where);
        rows.add(row);
    }

    private void addEnding(List<Integer> held) {
        for (int t = 0; t < replay.ending().size(); t++) {
            String ending = replay.ending().get(t);
            if (!ending.isEmpty() && !ending.startsWith("next")) {
                addRow("", t, held, ending, "");
            }
        }
    }

    private static String bars(int depth) {
        return "│".repeat(depth);
    }

    private static String shorten(String text) {
        return text.length() <= MAX_WIDTH ? text : text.substring(0, MAX_WIDTH - 1) + "…";
    }

    /** The operations with their results, and the steps between which they ran. */
    private String history() {
        StringBuilder text = new StringBuilder("history\n");
        Map<String, Integer> begun = new LinkedHashMap<>();
        int number = 0;
        for (StepRecord step : replay.steps()) {
            number++;
            if (step.begins()) {
                begun.put(step.cpu(), number);
            }
            if (step.result() != null) {
                int from = begun.remove(step.cpu());
                text.append("  %s  %s: %s   (steps %d–%d)\n"
                        .formatted(step.cpu(), step.operation(), step.result(), from, number));
            }
        }
        begun.forEach((cpu, from) -> text.append("  %s  %s   (from step %d, not finished)\n"
                .formatted(cpu, replay.steps().get(from - 1).operation(), from)));
        return text.toString();
    }
}
