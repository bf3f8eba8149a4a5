package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.mm.AddressSpace;
import racewalk.notifier.Emm;
import racewalk.notifier.EmmList;
import racewalk.specs.Design.Kind;
import racewalk.specs.Scenario.Step;

/**
 * Devices that are registered and unregistered between other operations, one after the other, on every notifier whose
 * list changes: what flat memory says comes of it, and no rule of the machine is broken. Page 0 is stored to, page 1 is
 * reclaimed.
 */
class RegistrationTest {

    private static final int SEQUENCES = 40;
    private static final int STEPS = 14;
    private static final List<String> DEVICES =
            List.of("gru-lockless-rule-active", "kvm-pin", "kvm-seq", "kvm-seq-flush");

    private static Stream<Design.Notifier> notifiers() {
        return Designs.of(Kind.NOTIFIER).stream()
                .map(Design.Notifier.class::cast)
                .filter(notifier -> notifier.changing() != null);
    }

    private static boolean unregisters(Design.Notifier notifier) {
        return !notifier.id().startsWith("emm") && !notifier.id().startsWith("arcangeli-v10");
    }

    private static Cell cell(Design.Notifier notifier, String secondary) {
        return new Cell((Design.Mm) Designs.of(Kind.MM).getFirst(), notifier, (Design.Secondary)
                Designs.find(Kind.SECONDARY, secondary).orElseThrow());
    }

    @Test
    void everySequenceRefinesFlatMemory() {
        notifiers().forEach(notifier -> {
            for (String secondary : DEVICES) {
                for (long seed = 0; seed < SEQUENCES; seed++) {
                    String name = notifier.id() + "/" + secondary + " with seed " + seed;
                    perform(name, cell(notifier, secondary), steps(unregisters(notifier), new SplittableRandom(seed)));
                }
            }
        });
    }

    /** Its callbacks sleep, so it is not there when pages are reclaimed under a lock that spins. */
    @Test
    void everySequenceWithIntervalNotifiersRefinesFlatMemory() {
        notifiers().filter(notifier -> notifier.id().contains("interval")).forEach(notifier -> {
            for (long seed = 0; seed < SEQUENCES; seed++) {
                List<Step> steps = steps(true, new SplittableRandom(seed)).stream()
                        .filter(step -> !(step.operation() instanceof Operation.Reclaim))
                        .toList();
                perform(notifier.id() + "/mirror with seed " + seed, cell(notifier, "mirror"), steps);
            }
        });
    }

    /** A driver that frees its notifier and leaves it on the list is found by the next call. */
    @Test
    void notifierThatIsFreedAndStillOnTheListIsFound() {
        Design.Notifier forgetful = new Design.Notifier(
                new Design.About("planted", "a planted fault", "nobody"), _ -> null, (machine, count) -> {
                    EmmList list = new EmmList(machine, count) {
                        @Override
                        public void register(Node mn, AddressSpace mm) {
                            super.register(mn, mm);
                            free(mn);
                        }
                    };
                    return new Design.Attached(new Emm(list), list);
                });
        List<Step> steps =
                List.of(new Step("dev0", new Operation.Register(0)), new Step("cpu0", new Operation.Dontneed(0, 1)));
        BrokenRule broken =
                assertThrows(BrokenRule.class, () -> perform("planted", cell(forgetful, DEVICES.getFirst()), steps));
        assertEquals(BrokenRule.Rule.USE_AFTER_FREE, broken.rule());
    }

    private static List<Step> steps(boolean unregisters, SplittableRandom random) {
        List<Step> steps = new ArrayList<>(List.of(new Step("dev0", new Operation.Register(0))));
        while (steps.size() < STEPS) {
            int device = random.nextInt(2);
            steps.add(
                    switch (random.nextInt(9)) {
                        case 0 -> new Step("cpu0", new Operation.Load(random.nextInt(2)));
                        case 1 -> new Step("cpu0", new Operation.Store(0, random.nextInt(9)));
                        case 2 -> new Step("cpu0", new Operation.Dontneed(0, 2));
                        case 3 -> new Step("cpu0", new Operation.Reclaim(1));
                        case 4 -> new Step("dev" + device, new Operation.Load(random.nextInt(2)));
                        case 5 -> new Step("dev" + device, new Operation.Store(0, random.nextInt(9)));
                        case 6 -> new Step("dev" + device, new Operation.Prefault(0, 2));
                        case 7 -> new Step("dev" + device, new Operation.Register(device));
                        default ->
                            new Step(
                                    "dev" + device,
                                    unregisters ? new Operation.Unregister(device) : new Operation.Load(0));
                    });
        }
        return steps;
    }

    private static void perform(String name, Cell cell, List<Step> steps) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", new ArrayList<>());
        actors.put("dev0", new ArrayList<>());
        steps.forEach(step ->
                actors.computeIfAbsent(step.actor(), _ -> new ArrayList<>()).add(step.operation()));
        Scenario scenario = new Scenario(
                Path.of("registration"),
                "registration",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(2, 1, 8, 506),
                List.of(new Step("cpu0", new Operation.Load(0)), new Step("cpu0", new Operation.Load(1))),
                actors,
                List.of(cell),
                Stream.of(Invariants.values())
                        .filter(invariant -> !invariant.isOfMigration() && !invariant.isAsked())
                        .toList(),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
        LiveMachine machine = LiveMachine.alone(_ -> 0);
        Program program = new Rig(machine, scenario, cell).program();
        Map<String, Actor> byName = new LinkedHashMap<>();
        program.actors().forEach(actor -> byName.put(actor.task().name(), actor));
        Map<String, Integer> next = new LinkedHashMap<>();
        long flat = scenario.bootMemory();
        for (Step step : steps) {
            Actor actor = byName.get(step.actor());
            long result = machine.run(actor.task(), actor.actions().get(next.merge(step.actor(), 1, Integer::sum) - 1));
            FlatMemory.Effect effect = FlatMemory.effect(step.operation(), flat);
            if (isBarred(scenario, step, flat)) {
                effect = new FlatMemory.Effect(
                        flat, FlatMemory.effect(step.operation(), 0).result());
            }
            flat = effect.memory();
            assertEquals(effect.result(), result, () -> name + ": " + step);
            for (Invariant invariant : program.invariants()) {
                assertNull(invariant.check().get(), () -> name + ": " + invariant.name() + " after " + step);
            }
        }
    }

    /** Whether the step is of a device whose driver has not registered it, or has unregistered it. */
    private static boolean isBarred(Scenario scenario, Step step, long flat) {
        if (Scenario.isCpu(step.actor()) || step.operation().changesNotifiers()) {
            return false;
        }
        boolean registers = scenario.actors().get(step.actor()).stream().anyMatch(Operation::changesNotifiers);
        return registers && !FlatMemory.isRegistered(flat, step.actor().charAt(3) - '0');
    }
}
