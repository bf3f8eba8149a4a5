package racewalk.explore;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Depth-first searches with {@link PersistentSets}, one after the other, until one has used nothing that it later
 * learned to be otherwise. One that has learned something is given up once it is longer than those before it; so all
 * that were given up together are about as long as the last.
 */
final class PersistentSearch {

    private static final int LEARNING_RUNS = 300;
    private static final int LEARNING_DEPTH = 1_000;
    private static final long FIRST_PATIENCE = 1 << 14;

    private final World world;
    private final Settings settings;
    private final Budget budget;
    private final Progress progress;
    private final PersistentSets sets;
    private final long start = System.nanoTime();
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private long known;
    private long patience = FIRST_PATIENCE;
    private boolean givenUp;

    /** Is told of every run's last state, as in {@link Search#onEnd}. */
    Runnable onEnd = () -> {};

    PersistentSearch(World world, Settings settings, Budget budget, Progress progress) {
        this(world, settings, budget, progress, new PersistentSets(world));
    }

    /** For tests that plant defects in {@code sets}. */
    PersistentSearch(World world, Settings settings, Budget budget, Progress progress, PersistentSets sets) {
        this.world = world;
        this.settings = settings;
        this.budget = budget;
        this.progress = progress;
        this.sets = sets;
    }

    /** What the last search has done; the findings are those of all, since what any has found is a run. */
    Exploration run() {
        for (int seed = 0; seed < LEARNING_RUNS; seed++) {
            RandomSearch.oneRun(world, seed, Math.min(budget.depth(), LEARNING_DEPTH));
        }
        Exploration exploration;
        do {
            known = world.model().knowledge();
            sets.learn();
            exploration = searchOnce();
            exploration.findings().forEach(findings::putIfAbsent);
        } while (givenUp || exploration.isExhaustive() && !stillAgrees());
        return new Exploration(exploration.counts(), exploration.limit(), findings, exploration.marks());
    }

    private Exploration searchOnce() {
        givenUp = false;
        Search[] search = new Search[1];
        Budget left = budget.since(start).stoppedWhen(() -> isWorthless(search[0].transitions));
        Crew crew = new Crew(new StateTable(settings.memory()));
        search[0] = new DepthFirstSearch(world, left, progress, Footprint::commutesWith, crew, sets);
        search[0].onEnd = onEnd;
        return search[0].run();
    }

    private boolean isWorthless(long transitions) {
        if (world.model().knowledge() != known && transitions >= patience) {
            patience *= 2;
            givenUp = true;
        }
        return givenUp;
    }

    private boolean stillAgrees() {
        return world.model().knowledge() == known || sets.stillAgree();
    }
}
