package racewalk.migrate;

import java.util.StringJoiner;
import racewalk.machine.Machine;
import racewalk.mm.Page;
import racewalk.mm.PhysicalMemory;

/**
 * The array of {@code hmm_pfn_t} that {@code hmm_vma_migrate} and its driver share, {@code include/linux/hmm.h} of HMM
 * v13 and v15. An entry is {@link #EMPTY} or a page frame number with flags. A task's local variable; what reaches
 * beyond its end is a bug.
 */
final class HmmPfns {

    /** {@code 0}: no page. */
    static final long EMPTY = 0;

    /** {@code HMM_PFN_VALID}. */
    private static final long VALID = 1;
    /** {@code HMM_PFN_WRITE}: the entry allowed writing. */
    static final long WRITE = 1 << 2;
    /** {@code HMM_PFN_LOCKED}: the page is locked. */
    static final long LOCKED = 1 << 7;
    /** {@code HMM_PFN_MIGRATE}: the page can be migrated. */
    static final long MIGRATE = 1 << 9;

    /** Of {@link HmmVmaMigrate.Repair#NOT_ISOLATED} alone: the page was not isolated. */
    static final long NOT_ISOLATED = 1 << 10;

    private static final int SHIFT = 11;
    private static final long FLAGS = (1 << SHIFT) - 1;

    private final Machine machine;
    private final PhysicalMemory memory;
    private final String name;
    private final long[] entries;

    HmmPfns(Machine machine, PhysicalMemory memory, String name, int count) {
        this.machine = machine;
        this.memory = memory;
        this.name = name;
        this.entries = new long[count];
    }

    /** {@code pfns[i] = hmm_pfn_from_pfn(pfn) | flags}. */
    void set(long i, Page page, long flags) {
        entries[inside(i)] = ((long) page.pfn() << SHIFT) | VALID | flags;
    }

    /** {@code pfns[i] = 0}. */
    void empty(long i) {
        entries[inside(i)] = EMPTY;
    }

    /** {@code hmm_pfn_to_page(pfns[i])}: null if there is no page. */
    Page page(long i) {
        long entry = entries[inside(i)];
        return (entry & VALID) == 0 ? null : memory.page((int) (entry >>> SHIFT));
    }

    /** {@code pfns[i] & flag}. */
    boolean has(long i, long flag) {
        return (entries[inside(i)] & flag) != 0;
    }

    /** {@code pfns[i] |= flag}. */
    void mark(long i, long flag) {
        entries[inside(i)] |= flag;
    }

    /** {@code pfns[i] &= ~flag}. */
    void unmark(long i, long flag) {
        entries[inside(i)] &= ~flag;
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", name + "[", "]");
        for (int i = 0; i < entries.length; i++) {
            Page page = page(i);
            String flags = Long.toHexString(entries[i] & FLAGS);
            text.add(entries[i] == EMPTY ? "-" : (page == null ? "none" : page) + ":" + flags);
        }
        return text.toString();
    }

    private int inside(long i) {
        machine.bugOn(i >= entries.length, "hmm_vma_migrate uses " + name + "[" + i + "] of " + entries.length);
        return (int) i;
    }
}
