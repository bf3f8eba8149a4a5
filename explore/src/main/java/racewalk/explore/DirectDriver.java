package racewalk.explore;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.Mark;

/** Performs every primitive at once, on an array of values: for boot code, and for replays on the real code. */
class DirectDriver implements Driver {

    private final ExploredMachine machine;
    private long[] values = new long[0];

    DirectDriver(ExploredMachine machine) {
        this.machine = machine;
    }

    /** The values of all words made so far. */
    final long[] values() {
        int known = values.length;
        if (known < machine.words().size()) {
            values = Arrays.copyOf(values, machine.words().size());
            for (int w = known; w < values.length; w++) {
                values[w] = machine.initial(w);
            }
        }
        return values;
    }

    @Override
    public long access(ExploredWord word, Access access) {
        long old = values()[word.index()];
        boolean open = access.guard().open(old);
        if (!open && access.blocking()) {
            throw new IllegalStateException("waits for ever, alone: " + access.verb() + " " + word.name());
        }
        if (word.free() != null && (values[word.free().index()] & word.freeBit()) != 0) {
            throw World.useAfterFree(new Op.WordOp(word, access));
        }
        long now = open ? access.change().apply(old) : old;
        values[word.index()] = now;
        return access.observe().of(old, now, open);
    }

    @Override
    public long step(String unit, String what, LongSupplier effect) {
        return effect.getAsLong();
    }

    @Override
    public int choose(String what, List<String> options) {
        return 0;
    }

    @Override
    public void loopHead(String what) {
        // Code that runs alone goes round at will.
    }

    @Override
    public void localsAre(String locals) {
        // Code that runs alone has one history.
    }

    @Override
    public long peek(ExploredWord word) {
        return values()[word.index()];
    }

    @Override
    public void reach(Mark mark) {
        // Code that runs alone covers nothing of a search.
    }
}
