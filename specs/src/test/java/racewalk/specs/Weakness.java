package racewalk.specs;

import java.util.List;
import java.util.function.Predicate;
import racewalk.mm.Protection;
import racewalk.specs.Sequential.Step;

/**
 * What some designs do wrong even when nobody else runs.
 *
 * @param cells the designs
 * @param trips the steps without which they do nothing wrong
 * @param witness a sequence in which they do
 */
record Weakness(String why, Predicate<Cell> cells, Predicate<Step> trips, List<Step> witness) {

    private static final Operation READ = new Operation.Load(0);
    private static final Operation WRITE = new Operation.Store(0, 5);

    static final List<Weakness> KNOWN = List.of(
            new Weakness(
                    "nobody tells the device",
                    cell -> cell.notifier().id().equals("none"),
                    Step::isOfDevice,
                    List.of(
                            new Step("dev0", READ),
                            new Step("cpu0", new Operation.Munmap(0, 1)),
                            new Step("dev0", READ))),
            new Weakness(
                    "nobody tells the device of a fork",
                    cell -> cell.notifier().id().startsWith("piggin")
                            && !cell.notifier().id().equals("piggin-july"),
                    step -> step.operation() instanceof Operation.Fork,
                    List.of(new Step("dev0", WRITE), Step.FORK, new Step("dev0", WRITE))),
            new Weakness(
                    "the end of EMM's fork is of an empty range, and KVM listens to the end alone",
                    cell -> cell.notifier().id().startsWith("emm")
                            && cell.secondary().id().startsWith("kvm-pin"),
                    step -> step.operation() instanceof Operation.Fork,
                    List.of(new Step("dev0", WRITE), Step.FORK, new Step("dev0", WRITE))),
            new Weakness(
                    "the interrupt takes a lock that is taken with interrupts enabled",
                    cell -> cell.secondary().id().startsWith("irq-"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the device asks by force, whatever the protection",
                    cell -> cell.secondary().id().matches("kvm-pin|gru-follow.*"),
                    step -> step.forbids(Protection.READ, Protection.NONE),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)), new Step("dev0", WRITE))),
            new Weakness(
                    "the guest reads only what it could write",
                    cell -> cell.secondary().id().startsWith("kvm-seq"),
                    step -> step.forbids(Protection.READ),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)), new Step("dev0", READ))),
            new Weakness(
                    "the device is of the time of the interval notifiers",
                    cell -> cell.secondary().id().startsWith("mirror")
                            && !cell.notifier().id().contains("interval"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the callback sleeps where the notifier calls it in atomic context",
                    cell -> cell.secondary().id().startsWith("sleeping-")
                            && !cell.notifier().id().matches("none|emm.*|arcangeli-v9-unlocked|srcu|.*interval.*"),
                    step -> !(step.operation() instanceof Operation.Load
                            || step.operation() instanceof Operation.Prefault
                            || step.operation() instanceof Operation.LockPage),
                    List.of(new Step("dev0", READ), new Step("cpu0", new Operation.Dontneed(0, 1)))),
            new Weakness(
                    "the device takes an entry of a PROT_NONE mapping for a present one",
                    cell -> cell.secondary().id().matches("(gru-|sleeping-).*"),
                    step -> step.forbids(Protection.NONE),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.NONE)), new Step("dev0", READ))));

    /** The steps that trip over no known weakness of the cell. */
    static List<Step> harmless(Cell cell, List<Step> steps) {
        return steps.stream()
                .filter(step ->
                        KNOWN.stream().noneMatch(weakness -> weakness.cells.test(cell) && weakness.trips.test(step)))
                .toList();
    }
}
