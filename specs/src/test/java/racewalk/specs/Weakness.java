package racewalk.specs;

import java.util.List;
import java.util.function.Predicate;
import racewalk.mm.Protection;
import racewalk.specs.Sequential.Layout;
import racewalk.specs.Sequential.Step;

/**
 * What some designs do wrong even when nobody else runs.
 *
 * @param cells the designs
 * @param trips the steps without which they do nothing wrong
 * @param witness a sequence in which they do
 * @param layout the memory in which the witness does
 */
record Weakness(String why, Predicate<Cell> cells, Predicate<Step> trips, List<Step> witness, Layout layout) {

    Weakness(String why, Predicate<Cell> cells, Predicate<Step> trips, List<Step> witness) {
        this(why, cells, trips, witness, new Layout(1, 1, 506));
    }

    private static final Operation READ = new Operation.Load(0);
    private static final Operation AGE = new Operation.Age(0);
    private static final Operation WRITE = new Operation.Store(0, 5);

    /** The notifiers whose callbacks may sleep. */
    private static final String MAY_SLEEP =
            "lameter-(no-rcu|after-lock)|arcangeli-v9-unlocked|emm.*|srcu|.*interval.*|ranges.*";

    private static final List<Step> AGED_AGAIN = List.of(
            new Step("dev0", READ),
            new Step("cpu0", AGE),
            new Step("cpu0", AGE), // EMM asks only of what the CPUs have not accessed
            new Step("dev0", READ), // faults again if a flush of the TLBs has told the device
            new Step("cpu0", AGE),
            new Step("dev0", READ),
            new Step("cpu0", AGE));

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
                    "the end of EMM's fork is of an empty range, and the device does nothing at such an end",
                    cell -> cell.notifier().id().startsWith("emm")
                            && cell.secondary().id().matches("kvm-pin.*|kvm-slots.*|xpmem-end-only.*"),
                    step -> step.operation() instanceof Operation.Fork,
                    List.of(new Step("dev0", WRITE), Step.FORK, new Step("dev0", WRITE))),
            new Weakness(
                    "the interrupt takes a lock that is taken with interrupts enabled",
                    cell -> cell.secondary().id().startsWith("irq-"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the device asks by force, whatever the protection",
                    cell -> cell.secondary().id().matches("kvm-pin|gru-follow.*|xpmem.*"),
                    step -> step.forbids(Protection.READ, Protection.NONE),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)), new Step("dev0", WRITE))),
            new Weakness(
                    "the guest reads only what it could write",
                    cell -> cell.secondary().id().matches("(kvm-seq|kvm-pfn-cache|age-kvm-).*"),
                    step -> step.forbids(Protection.READ),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)), new Step("dev0", READ))),
            new Weakness(
                    "the callback sleeps under the PT lock, or in an RCU read section",
                    cell -> cell.secondary().id().startsWith("xpmem")
                            && !cell.notifier().id().matches("none|" + MAY_SLEEP),
                    _ -> true,
                    List.of(
                            Step.FORK,
                            new Step("cpu0", new Operation.Store(0, 5)),
                            new Step("cpu0", new Operation.Munmap(0, 1)),
                            new Step("dev0", READ))),
            new Weakness(
                    "the fault takes the mmap lock under locks that a recall takes under the mmap lock",
                    cell -> cell.secondary().id().matches("xpmem|xpmem-lock-order"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the fault locks a page when it has blocked recalls, for which others wait with the page locked",
                    cell -> cell.secondary().id().equals("xpmem-rmap-blocked"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the fault blocks the recall that its own copy-on-write starts",
                    cell -> cell.secondary().id().equals("xpmem-held")
                            && !cell.notifier().id().equals("none"),
                    Step::isOfDevice,
                    List.of(Step.FORK, new Step("dev0", WRITE))),
            new Weakness(
                    "the fault forgets to unblock recalls when it tries again",
                    cell -> cell.secondary().id().equals("xpmem-lost-flag")
                            && !cell.notifier().id().equals("none"),
                    Step::isOfDevice,
                    List.of(Step.FORK, new Step("dev0", WRITE), new Step("cpu0", new Operation.Munmap(0, 1)))),
            new Weakness(
                    "a recall after that of another page zaps nothing",
                    cell -> cell.secondary().id().equals("xpmem-valid-ptes")
                            && cell.notifier().id().matches(MAY_SLEEP),
                    Step::isOfDevice,
                    List.of(
                            new Step("dev0", READ),
                            new Step("dev0", new Operation.Load(1)),
                            new Step("cpu0", new Operation.Munmap(0, 1)),
                            new Step("cpu0", new Operation.Munmap(1, 2)),
                            new Step("dev0", new Operation.Load(1))),
                    new Layout(2, 1, 506)),
            new Weakness(
                    "the hardware keeps a read-only entry, and nobody tells it that the PTE is writable",
                    cell -> cell.secondary().id().equals("iommu-keeps")
                            && !cell.notifier().id().matches("piggin|secondary-tlbs"),
                    step -> step.operation() instanceof Operation.Mprotect
                            || step.operation() instanceof Operation.Fork,
                    List.of(
                            new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)),
                            new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ_WRITE)),
                            new Step("dev0", READ),
                            new Step("dev0", WRITE))),
            new Weakness(
                    "mprotect_pages lets the guest write where the PTE waits for copy-on-write",
                    cell -> cell.secondary().id().equals("kvm-mprotect-vma")
                            && cell.notifier().id().equals("arcangeli-mprotect"),
                    step -> step.operation() instanceof Operation.Mprotect,
                    List.of(
                            new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)),
                            new Step("dev0", READ),
                            new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ_WRITE)))),
            new Weakness(
                    "the device is of the time of the interval notifiers",
                    cell -> cell.secondary().id().startsWith("mirror")
                            && !cell.notifier().id().contains("interval"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the callback sleeps where the notifier calls it in atomic context",
                    cell -> cell.secondary().id().startsWith("sleeping-")
                            && !cell.notifier().id().matches("none|" + MAY_SLEEP),
                    step -> !(step.operation() instanceof Operation.Load
                            || step.operation() instanceof Operation.Prefault
                            || step.operation() instanceof Operation.LockPage),
                    List.of(new Step("dev0", READ), Step.FORK, new Step("cpu0", new Operation.Store(0, 5)))),
            new Weakness(
                    "the device takes an entry of a PROT_NONE mapping for a present one",
                    cell -> cell.secondary().id().matches("(gru-|age-gru-|sleeping-).*"),
                    step -> step.forbids(Protection.NONE),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.NONE)), new Step("dev0", READ))),
            new Weakness(
                    "the device is not asked whether it has accessed a page, or does not know",
                    cell -> cell.notifier().id().equals("arcangeli-i386")
                            || cell.notifier().id().equals("secondary-tlbs")
                                    && cell.secondary().id().startsWith("age-gru-")
                            || !cell.secondary()
                                    .id()
                                    .matches("kvm-pin.*|kvm-seq.*|age-kvm-ept-(unmap|locked)|age-gru-.*|iommu.*"),
                    step -> step.operation() instanceof Operation.Age,
                    AGED_AGAIN),
            new Weakness(
                    "nobody tells an IOMMU that the accessed bit has been cleared, or only if it was clear already",
                    cell -> cell.secondary().id().startsWith("iommu")
                            && !cell.notifier().id().equals("secondary-tlbs")
                            && (!cell.secondary().id().equals("iommu-flush-young")
                                    || cell.notifier().id().matches("none|emm(-all-locks)?")),
                    step -> step.operation() instanceof Operation.Age,
                    AGED_AGAIN),
            new Weakness(
                    "the TLBs are not flushed when an accessed bit is cleared",
                    cell -> cell.mm().id().equals("young-unflushed"),
                    step -> step.operation() instanceof Operation.Age,
                    List.of(new Step("cpu0", AGE), new Step("cpu0", READ), new Step("cpu0", AGE))));

    /** The steps that trip over no known weakness of the cell. */
    static List<Step> harmless(Cell cell, List<Step> steps) {
        return steps.stream()
                .filter(step ->
                        KNOWN.stream().noneMatch(weakness -> weakness.cells.test(cell) && weakness.trips.test(step)))
                .toList();
    }
}
