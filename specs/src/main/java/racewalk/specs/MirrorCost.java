package racewalk.specs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.Access;
import racewalk.machine.LiveMachine;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;

/**
 * What it costs several mirrors of a process when one page of it is discarded: there are as many pages as mirrors, and
 * nobody else is there.
 */
public final class MirrorCost {

    /** Which pages a mirror has. */
    public enum Has {
        /** All of them. */
        ALL,
        /** One of its own. */
        ONE,
        /** None: its device has not been used yet. */
        NONE;

        boolean has(int mirror, int page) {
            return this == ALL || this == ONE && mirror == page;
        }
    }

    /**
     * What was done.
     *
     * @param callbacks how often a driver's {@code update} was called
     * @param looked how many accesses to the mirrors' tables there were
     * @param inVain how many of the callbacks were of a driver whose device has not had the page
     */
    public record Counts(long callbacks, long looked, long inVain) {}

    private MirrorCost() {}

    /**
     * Counts {@code MADV_DONTNEED} of the first page.
     *
     * @param mirrors how many, at most four
     * @throws IllegalStateException if a device still has a translation of it
     */
    public static Counts count(Design.Secondary design, Has has, int mirrors) {
        Counter counter = new Counter();
        Rig rig = new Rig(LiveMachine.monitors(_ -> 0, counter), scenario(mirrors), cell(design));
        for (int page = 0; page < mirrors; page++) {
            rig.perform("cpu0", new Operation.Store(page, 1));
            for (int mirror = 0; mirror < mirrors; mirror++) {
                if (has.has(mirror, page)) {
                    rig.perform("dev" + mirror, new Operation.Load(page));
                }
            }
        }
        counter.forget();
        rig.perform("cpu0", new Operation.Dontneed(0, 1));
        rig.processes().getFirst().devices().forEach((name, device) -> {
            if (device.peek(0).stream().anyMatch(entry -> entry.permits(false))) {
                throw new IllegalStateException(design.id() + ": " + name + " still has the page");
            }
        });
        long having = 0;
        for (int mirror = 0; mirror < mirrors; mirror++) {
            having += has.has(mirror, 0) ? 1 : 0;
        }
        return new Counts(counter.callbacks, counter.looked, counter.callbacks - having);
    }

    private static Cell cell(Design.Secondary design) {
        return new Cell(
                (Design.Mm) Designs.find(Design.Kind.MM, "linux-4.9").orElseThrow(),
                (Design.Notifier) Designs.find(Design.Kind.NOTIFIER, "ranges").orElseThrow(),
                design);
    }

    private static Scenario scenario(int mirrors) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", List.of());
        for (int mirror = 0; mirror < mirrors; mirror++) {
            actors.put("dev" + mirror, List.of());
        }
        return new Scenario(
                Path.of("mirror-cost"),
                "mirror-cost",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(mirrors, 1, mirrors + 1, 506),
                List.of(),
                actors,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }

    /** Sees every step. */
    private static final class Counter implements Witness {

        private long callbacks;
        private long looked;

        void forget() {
            callbacks = 0;
            looked = 0;
        }

        @Override
        public void begins(Task task) {
            // What it is comes after it.
        }

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {
            if (access.verb().equals("mutex_lock") && word.name().endsWith(".update")) {
                callbacks++;
            }
            if (word.name().contains(".hmm_pt[")) {
                looked++;
            }
        }

        @Override
        public void stepped(Task task, String unit, String what) {
            // No device has steps of its own here that matter.
        }
    }
}
