package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Interrupts;
import racewalk.machine.Mark;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * GUP-fast, {@code get_user_pages_fast} for one page and for writing: walks the page table without any lock, level by
 * level, with interrupts disabled. What that keeps the tables and the pages from is what its kinds differ in.
 */
public abstract class GupFast {

    /** Branches of the walk. */
    public enum Marks implements Mark {
        /** The page was pinned without a lock. */
        PINNED,
        /** There was no entry that permits it. */
        NO_ENTRY,
        /** The page of the entry that was read had no reference any more. */
        NO_REFERENCE,
        /** When the page had been grabbed the entry had changed. */
        CHANGED,
        /** A fork copied the page table at the beginning. */
        FORK_BEFORE,
        /** A fork copied the page table meanwhile. */
        FORK_MEANWHILE,
        /** A table was not freed at once, because a CPU had its interrupts disabled. */
        TABLE_LATER
    }

    /**
     * A CPU that may walk.
     *
     * @param tables those that are unlinked, and freed when its interrupts are enabled again: by number, as bits
     */
    record Walker(Cpu cpu, Interrupts interrupts, Word tables) {}

    final AddressSpace mm;
    private final List<Walker> walkers = new ArrayList<>();

    GupFast(AddressSpace mm) {
        this.mm = mm;
    }

    final void addCpu(Cpu cpu) {
        String name = cpu.task().name();
        walkers.add(new Walker(
                cpu,
                mm.machine().interrupts(name),
                mm.machine().word("tables behind " + name, 0, Long::toBinaryString)));
    }

    /** Every CPU that may walk. */
    final List<Walker> walkers() {
        return walkers;
    }

    final Walker of(Task task) {
        return walkers.stream()
                .filter(walker -> walker.cpu.task() == task)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Pins the page of {@code address} for a device that writes to it, if no lock is needed for that; by a CPU of the
     * process.
     *
     * @return null if the caller must go the slow way
     */
    public abstract Page getUserPageFast(int address);

    /** Before a CPU executes the flush of its TLB that another one has asked it for. */
    void awaitFlush(Cpu cpu) {}

    /** Frees a table that is unlinked and in no TLB any more. */
    void freeTable(PageTable.Leaf leaf) {
        mm.pageTable().freeLeaf(leaf);
    }

    /** {@code copy_page_range}, before the entries are copied. */
    void copyPageRangeBegins() {}

    /** {@code copy_page_range}, when they are. */
    void copyPageRangeEnds() {}
}
