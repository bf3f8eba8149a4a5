package racewalk.migrate;

/** {@code struct hmm_migrate}, what v13 and v15 have in it; addresses are in bytes. */
abstract class HmmMigrate {

    final long start;
    final long end;
    private long npages;

    HmmMigrate(long start, long end) {
        this.start = start;
        this.end = end;
    }

    /** {@code migrate->npages}. */
    final long npages() {
        return npages;
    }

    /** {@code migrate->npages++}. */
    final void oneMore() {
        npages++;
    }

    /** {@code migrate->npages--}. */
    final void oneLess() {
        npages--;
    }

    /** {@code (addr - migrate->start) >> PAGE_SHIFT}. */
    final long i(long addr) {
        return HmmVmaMigrate.number(addr - start);
    }

    /** What the steps know, as {@link racewalk.machine.Machine#localsAre} has it. */
    @Override
    public abstract String toString();
}
