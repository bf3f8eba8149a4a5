package racewalk.specs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;
import racewalk.specs.Design.Trait;

/**
 * Small scenarios by chance, for engines that are to agree: a CPU and another CPU, a device, or the CPU of a forked
 * child, with one or two operations each, on one cell of any designs in the registry but those whose callbacks sleep.
 * Some of the devices are registered, and unregistered, while the other one runs. The same seed gives the same scenario
 * as long as the registry is the same.
 */
public final class RandomScenario {

    private static final String CHILD = "child";
    private static final int FRAMES = 8;
    private static final int MAX_OPERATIONS = 2;
    private static final int MAX_VALUE = 9;

    private final SplittableRandom random;
    private final int pages;

    private RandomScenario(SplittableRandom random) {
        this.random = random;
        this.pages = 1 + random.nextInt(2);
    }

    /** Who stands against cpu0. */
    private enum Other {
        CPU,
        DEVICE,
        CHILD
    }

    /** The scenario of a seed; it has one cell, and nothing is expected of it. */
    public static Scenario of(long seed) {
        return new RandomScenario(new SplittableRandom(seed)).scenario(seed);
    }

    private Scenario scenario(long seed) {
        Other other = Other.values()[random.nextInt(Other.values().length)];
        String name = other == Other.DEVICE ? "dev0" : "cpu1";
        Map<String, SortedSet<String>> children =
                other == Other.CHILD ? Map.of(CHILD, new TreeSet<>(List.of(name))) : Map.of();
        Processes processes = new Processes(pages, children);
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", operations("cpu0", processes));
        actors.put(name, operations(name, processes));
        List<Scenario.Step> boot = new ArrayList<>();
        for (int page = 0; page < pages; page++) { // the zero page is not modelled
            boot.add(new Scenario.Step("cpu0", new Operation.Store(page, page + 1L)));
        }
        if (other == Other.CHILD) {
            if (random.nextBoolean()) {
                boot.add(new Scenario.Step("cpu0", processes.fork(1)));
            } else {
                actors.get("cpu0").set(0, processes.fork(1));
            }
        } else {
            for (int left = random.nextInt(3); left > 0; left--) {
                boot.add(new Scenario.Step("cpu0", operation("cpu0", processes)));
            }
        }
        boolean registers = other == Other.DEVICE && random.nextInt(3) == 0;
        if (registers) {
            actors.get(name).addFirst(new Operation.Register(0));
        }
        Cell cell = cell(other == Other.DEVICE, registers);
        if (registers && random.nextBoolean() && unregisters(cell)) {
            actors.get(name).addLast(new Operation.Unregister(0));
        }
        Scenario.Memory memory = new Scenario.Memory(
                pages,
                1 + random.nextInt(pages),
                FRAMES,
                1 + random.nextInt(2),
                random.nextInt(4) == 0 ? Allocations.MAY_FAIL : Allocations.SUCCEED);
        if (sleeps(cell)) {
            boot.subList(pages, boot.size()).clear(); // a callback may break a rule, and nobody searches a boot
        }
        return new Scenario(
                Path.of("random-" + seed),
                "random-" + seed,
                "A scenario by chance",
                Scenario.Tier.NIGHTLY,
                memory,
                processes,
                boot,
                actors,
                List.of(),
                List.of(cell),
                Invariants.of(memory, processes, false),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }

    /** Whether the notifier has a way to unregister. */
    private static boolean unregisters(Cell cell) {
        return !cell.notifier().id().matches("emm.*|arcangeli-v10.*");
    }

    private Cell cell(boolean device, boolean registers) {
        return new Cell(
                (Design.Mm) any(Kind.MM, registers),
                (Design.Notifier) any(Kind.NOTIFIER, registers),
                device ? (Design.Secondary) any(Kind.SECONDARY, registers) : null);
    }

    private Design any(Kind kind, boolean registers) {
        // A callback that sleeps where it may not is found at boot already.
        List<Design> all = Designs.of(kind).stream()
                .filter(design -> !design.id().startsWith("sleeping-"))
                .filter(design -> kind != Kind.SECONDARY || !design.has(Trait.DEVICE_MEMORY)) // there is none
                .filter(design -> kind != Kind.SECONDARY || !design.has(Trait.ACTIVE_RANGES)) // needs its notifier
                .filter(design -> !(design instanceof Design.Mm mm) || mm.migration() == null || isLinux(design))
                .filter(design -> !registers || hasListThatChanges(design))
                .toList();
        return all.get(random.nextInt(all.size()));
    }

    /**
     * Of the designs that migrate pages one is enough, for here no page does; and not linux-7.0, of which {@code
     * get_user_pages} by force, as KVM of 2008 has it, is not modelled.
     */
    private static boolean isLinux(Design design) {
        return design.id().equals("linux-4.9");
    }

    /** Whether a device can be registered while the actors run; of other designs always. */
    private static boolean hasListThatChanges(Design design) {
        return !(design instanceof Design.Notifier notifier) || notifier.changing() != null;
    }

    /** Whether the device's callbacks sleep. */
    private static boolean sleeps(Cell cell) {
        return cell.secondary() != null && cell.secondary().id().startsWith("xpmem");
    }

    private List<Operation> operations(String actor, Processes processes) {
        List<Operation> operations = new ArrayList<>();
        for (int left = 1 + random.nextInt(MAX_OPERATIONS); left > 0; left--) {
            operations.add(operation(actor, processes));
        }
        return operations;
    }

    private Operation operation(String actor, Processes processes) {
        int first = processes.firstPage(processes.of(actor));
        int start = first + random.nextInt(pages);
        int end = start + 1 + random.nextInt(first + pages - start);
        Operation access = random.nextBoolean()
                ? new Operation.Load(start)
                : new Operation.Store(start, 1 + random.nextInt(MAX_VALUE));
        if (!Scenario.isCpu(actor)) {
            return random.nextInt(4) == 0 ? new Operation.Prefault(start, end) : access;
        }
        return switch (random.nextInt(8)) {
            case 0 -> new Operation.Munmap(start, end);
            case 1 -> new Operation.Dontneed(start, end);
            case 2 -> new Operation.LockPage(start);
            case 4 -> processes.count() > 1 ? access : new Operation.Age(start);
            case 3 -> new Operation.Mprotect(start, end, Protection.values()[1 + random.nextInt(3)]);
            default -> access;
        };
    }
}
