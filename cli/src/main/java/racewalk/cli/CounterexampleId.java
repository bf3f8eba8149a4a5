package racewalk.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import racewalk.explore.Schedule;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Scenario;
import racewalk.specs.Scenario.Drop;

/**
 * The name of a counterexample: all that it takes to run it again elsewhere. As text: the scenario, the designs, the
 * schedule, and after {@code @} the hash of the code and the scenario that it belongs to.
 *
 * @param scenario the scenario's id, with the scope to which it was reduced
 * @param designs the designs' ids
 * @param schedule the run
 * @param hash the first digits of {@link CellHash}
 */
record CounterexampleId(String scenario, List<String> designs, Schedule schedule, String hash) {

    private static final int HASH_DIGITS = 8;

    /** The hash in the ids of a cell. */
    static String hash(Scenario scenario, Cell cell) {
        return CellHash.CURRENT.of(scenario, cell).substring(0, HASH_DIGITS);
    }

    static CounterexampleId of(Scenario scenario, Cell cell, Schedule schedule) {
        return new CounterexampleId(scenario.name(), List.copyOf(cell.ids().values()), schedule, hash(scenario, cell));
    }

    @Override
    public String toString() {
        return scenario + "/" + String.join("/", designs) + "/" + schedule + "@" + hash;
    }

    static CounterexampleId parse(String text) {
        int at = text.lastIndexOf('@');
        String[] parts = text.substring(0, Math.max(at, 0)).split("/", -1);
        if (at < 0 || parts.length < 3) {
            throw new UsageException("'" + text
                    + "' is no counterexample's id: it has the form scenario/mm/notifier/secondary/schedule@hash"
                    + " or scenario/table/schedule@hash,"
                    + " as 'racewalk check' prints it");
        }
        try {
            return new CounterexampleId(
                    parts[0],
                    List.of(parts).subList(1, parts.length - 1),
                    Schedule.parse(parts[parts.length - 1]),
                    text.substring(at + 1));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The id of the scenario alone. */
    String scenarioId() {
        return scenario.split("[+~]")[0];
    }

    /** The scope to which the scenario was reduced. */
    Scenario.Scope scope() {
        int cpus = Scenario.Scope.ALL;
        int operations = Scenario.Scope.ALL;
        SortedSet<Drop> dropped = new TreeSet<>();
        String rest = scenario.substring(scenarioId().length());
        Matcher part = Pattern.compile("\\G(?:\\+cpus([1-9])|\\+ops([1-9])|~((?:cpu|dev)[0-9])(?:\\.([1-9]))?)")
                .matcher(rest);
        int end = 0;
        while (part.find()) {
            end = part.end();
            if (part.group(1) != null) {
                cpus = Integer.parseInt(part.group(1));
            } else if (part.group(2) != null) {
                operations = Integer.parseInt(part.group(2));
            } else {
                String number = part.group(4);
                dropped.add(new Drop(part.group(3), number == null ? Drop.ACTOR : Integer.parseInt(number)));
            }
        }
        if (end < rest.length()) {
            throw new UsageException("'" + rest.substring(end)
                    + "' is no scope; expected +cpusN, +opsN, or ~ACTOR or ~ACTOR.N for what is left out");
        }
        return new Scenario.Scope(cpus, operations, dropped);
    }

    /** The cell that the id names. */
    Cell cell() {
        if (designs.size() == 1) {
            return new Cell((Design.OfTable) design(Kind.TABLE, designs.getFirst()));
        }
        Map<Kind, Design> chosen = new EnumMap<>(Kind.class);
        for (int i = 0; i < designs.size(); i++) {
            Kind kind = Kind.values()[i];
            chosen.put(kind, design(kind, designs.get(i)));
        }
        return new Cell((Design.Mm) chosen.get(Kind.MM), (Design.Notifier) chosen.get(Kind.NOTIFIER), (Design.Secondary)
                chosen.get(Kind.SECONDARY));
    }

    private static Design design(Kind kind, String id) {
        return Designs.find(kind, id)
                .orElseThrow(() -> new UsageException("no " + kind.key() + " is called '" + id + "'"));
    }
}
