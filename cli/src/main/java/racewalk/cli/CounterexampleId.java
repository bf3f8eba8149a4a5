package racewalk.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import racewalk.explore.Schedule;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Scenario;

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
        if (at < 0 || parts.length < 4) {
            throw new UsageException("'" + text
                    + "' is no counterexample's id: it has the form scenario/mm/notifier/secondary/schedule@hash,"
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
        return scenario.split("\\+")[0];
    }

    /** The scope to which the scenario was reduced. */
    Scenario.Scope scope() {
        int cpus = Scenario.Scope.ALL;
        int operations = Scenario.Scope.ALL;
        List<String> parts = List.of(scenario.split("\\+"));
        for (String part : parts.subList(1, parts.size())) {
            if (part.matches("cpus[1-9]")) {
                cpus = Integer.parseInt(part.substring("cpus".length()));
            } else if (part.matches("ops[1-9]")) {
                operations = Integer.parseInt(part.substring("ops".length()));
            } else {
                throw new UsageException("'" + part + "' is no scope; expected cpusN or opsN");
            }
        }
        return new Scenario.Scope(cpus, operations);
    }

    /** The cell that the id names. */
    Cell cell() {
        Map<Kind, Design> chosen = new EnumMap<>(Kind.class);
        for (int i = 0; i < designs.size(); i++) {
            Kind kind = Kind.values()[i];
            String id = designs.get(i);
            chosen.put(
                    kind,
                    Designs.find(kind, id)
                            .orElseThrow(() -> new UsageException("no " + kind.key() + " is called '" + id + "'")));
        }
        return new Cell((Design.Mm) chosen.get(Kind.MM), (Design.Notifier) chosen.get(Kind.NOTIFIER), (Design.Secondary)
                chosen.get(Kind.SECONDARY));
    }
}
