package racewalk.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.explore.Budget;
import racewalk.explore.Explorer;
import racewalk.explore.Progress;
import racewalk.explore.Strategy;
import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;
import racewalk.mm.Unmap;
import racewalk.notifier.Arcangeli;
import racewalk.notifier.Lameter;
import racewalk.notifier.Piggin;
import racewalk.secondary.Gru;
import racewalk.secondary.KvmPin;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.About;
import racewalk.specs.Design.Attached;
import racewalk.specs.Invariants;
import racewalk.specs.Operation;
import racewalk.specs.Processes;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;

/**
 * Explores one cell in a JVM that has never heard of the registry of designs nor of scenario files, so that the classes
 * that it loads are those that the cell uses.
 */
final class LoadProbe {

    private LoadProbe() {}

    /** Explores {@code dontneed} on the designs {@code mm/notifier/secondary}. */
    public static void main(String[] arguments) {
        String[] designs = arguments[0].split("/");
        Cell cell = new Cell(new Design.Mm(about(designs[0]), Unmap::new), notifier(designs[1]), secondary(designs[2]));
        System.out.println(Explorer.explore(
                                machine -> new Rig(machine, scenario(), cell).program(),
                                Strategy.SLEEP,
                                Budget.unlimited(),
                                Progress.NONE)
                        .counts()
                        .states()
                + " states");
    }

    private static About about(String id) {
        return new About(id, "", "");
    }

    private static Design.Notifier notifier(String id) {
        return new Design.Notifier(
                about(id),
                switch (id) {
                    case "none" -> _ -> new Attached(NotifierSites.NONE, _ -> {});
                    case "arcangeli" -> OfArcangeli::attach;
                    case "lameter" -> OfLameter::attach;
                    default -> OfPiggin::attach;
                });
    }

    // Classes of their own: the verifier loads what a class assigns to something else.

    private static final class OfArcangeli {
        static Attached attach(Machine machine) {
            Arcangeli notifier = new Arcangeli(machine);
            return new Attached(notifier, notifier::register);
        }
    }

    private static final class OfLameter {
        static Attached attach(Machine machine) {
            Lameter notifier = new Lameter(machine);
            return new Attached(notifier, notifier::register);
        }
    }

    private static final class OfPiggin {
        static Attached attach(Machine machine) {
            Piggin notifier = new Piggin(machine, Piggin.Callbacks.BOTH);
            return new Attached(notifier, notifier::register);
        }
    }

    private static Design.Secondary secondary(String id) {
        if (id.equals("kvm-pin")) {
            return new Design.Secondary(
                    about(id), (name, mm, gup) -> new KvmPin(name, mm, gup, KvmPin.GfnToPage.WRITE_BY_FORCE));
        }
        Gru.Variant variant = switch (id) {
            case "gru-lockless" -> new Gru.Variant(Gru.Lookup.LOCKLESS, false, false, false);
            case "gru-lockless-rule-active" -> new Gru.Variant(Gru.Lookup.LOCKLESS, true, true, false);
            case "gru-follow" -> new Gru.Variant(Gru.Lookup.FOLLOW_PAGE, false, false, false);
            default -> new Gru.Variant(Gru.Lookup.PT_LOCK, false, false, false);
        };
        return new Design.Secondary(about(id), (name, mm, gup) -> new Gru(name, mm, gup, variant));
    }

    /** {@code specs/scenarios/dontneed.yaml} with one operation of each actor. */
    private static Scenario scenario() {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", List.of(new Operation.Dontneed(0, 1)));
        actors.put("cpu1", List.of(new Operation.Store(0, 7)));
        actors.put("dev0", List.of(new Operation.Store(0, 5)));
        Scenario.Memory memory = new Scenario.Memory(2, 2, 4, 2);
        return new Scenario(
                Path.of("dontneed"),
                "dontneed",
                "",
                Scenario.Tier.GATE,
                memory,
                List.of(
                        new Scenario.Step("cpu0", new Operation.Store(0, 1)),
                        new Scenario.Step("cpu0", new Operation.Store(1, 2))),
                actors,
                List.of(),
                Invariants.of(memory, Processes.single(memory.pages()), false),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }
}
