package racewalk.explore;

import racewalk.machine.Access;
import racewalk.machine.Word;

/** A word of an explored machine: a place in the {@link World}. */
final class ExploredWord extends Word {

    private final ExploredMachine machine;
    private final int index;
    private final ExploredWord free;
    private final long freeBit;

    ExploredWord(ExploredMachine machine, int index, String name, Format format, ExploredWord free, long freeBit) {
        super(name, format);
        this.machine = machine;
        this.index = index;
        this.free = free;
        this.freeBit = freeBit;
    }

    /** The word's place in the world. */
    int index() {
        return index;
    }

    /** The word that says whether the memory of this one is free, or null if it never is. */
    ExploredWord free() {
        return free;
    }

    /** The bit of {@link #free} that is set while this word's memory is free. */
    long freeBit() {
        return freeBit;
    }

    @Override
    protected long access(Access access) {
        return machine.driver().access(this, access);
    }

    @Override
    public long peek() {
        return machine.driver().peek(this);
    }
}
