package racewalk.explore;

import racewalk.machine.Program;

/**
 * One search as a benchmark wants it: the search alone, without the runs on the real code that {@link Explorer} adds.
 *
 * @param exploration what it found out
 * @param nanos how long it took, the building of the program included
 * @param tableBytes what the table of visited states took in the end; 0 if there is none, or nobody knows
 */
public record Measurement(Exploration exploration, long nanos, long tableBytes) {

    /** What is measured: the strategies that exhaust, some of them without their table too. */
    public enum Engine {
        /** {@link Strategy#NAIVE}. */
        NAIVE("naive"),
        /** {@link Strategy#SLEEP}. */
        SLEEP("sleep"),
        /** {@link Strategy#PERSISTENT}. The counts are the last search's, the time is all searches'. */
        PERSISTENT("persistent"),
        /** {@link Strategy#NAIVE} without a table: each run to its end. */
        NAIVE_WITHOUT_TABLE("naive, no table"),
        /** {@link Strategy#SLEEP} without a table: each run to its end, unless all that could go on sleeps. */
        SLEEP_WITHOUT_TABLE("sleep, no table"),
        /** {@link Strategy#SOURCE_DPOR}, which has no table. */
        SOURCE_DPOR("source-dpor, no table");

        private final String title;

        Engine(String title) {
            this.title = title;
        }

        /** Its name, and whether it has a table. */
        public String title() {
            return title;
        }
    }

    /**
     * Measures one search.
     *
     * @param workers how many threads share it: more than one only for {@link Engine#NAIVE} and {@link Engine#SLEEP}
     * @param memory how many bytes the table may take
     */
    public static Measurement of(
            Program.Factory factory, Engine engine, int workers, long memory, Budget budget, Progress progress) {
        if (workers > 1 && engine != Engine.NAIVE && engine != Engine.SLEEP) {
            throw new IllegalArgumentException("one worker only by " + engine.title());
        }
        long start = System.nanoTime();
        StateTable table = engine == Engine.NAIVE || engine == Engine.SLEEP ? new StateTable(memory) : null;
        Exploration exploration = switch (engine) {
            case NAIVE, NAIVE_WITHOUT_TABLE ->
                depthFirst(factory, Independence.NOTHING, workers, table, budget, progress);
            case SLEEP, SLEEP_WITHOUT_TABLE ->
                depthFirst(factory, Footprint::commutesWith, workers, table, budget, progress);
            case PERSISTENT -> {
                Settings settings = Settings.of(Strategy.PERSISTENT).withMemory(memory);
                yield new PersistentSearch(new World(factory, true), settings, budget, progress).run();
            }
            case SOURCE_DPOR -> new SourceDpor(new World(factory, true), budget, progress).run();
        };
        long nanos = System.nanoTime() - start;
        return new Measurement(exploration, nanos, table == null ? 0 : table.bytes());
    }

    private static Exploration depthFirst(
            Program.Factory factory,
            Independence independence,
            int workers,
            StateTable table,
            Budget budget,
            Progress progress) {
        Crew crew = new Crew(table);
        for (int i = 0; i < workers; i++) {
            Progress told = i == 0 ? progress : Progress.NONE;
            new DepthFirstSearch(new World(factory, true), budget, told, independence, crew); // joins the crew
        }
        return Workers.run(crew);
    }
}
