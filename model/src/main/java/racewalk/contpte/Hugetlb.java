package racewalk.contpte;

import java.util.Set;
import racewalk.machine.Guard;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * Pages of hugetlb that are mapped by one contiguous block each ({@code CONT_PTE_SIZE}), which knows of its entries
 * ({@code arch/arm64/mm/hugetlbpage.c}). Their lock, {@code huge_pte_lock}, is {@code mm->page_table_lock}, for {@code
 * huge_page_size} is not {@code PMD_SIZE}; until 2022 {@code follow_page} took the leaf table's instead: "mm/hugetlb:
 * fix races when looking up a CONT-PTE/PMD size hugetlb page", fac35ba763ed.
 */
public final class Hugetlb {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** A migration met a page that somebody has pinned, and gave up. */
        PINNED,
        /** Who looked the page up met a migration, and waited. */
        WAITED
    }

    private final Machine machine;
    private final LeafTable table;
    private final Ptes ptes;
    private final SpinLock hugePteLock;
    private final SpinLock followLock;
    private final Word[] references;

    /** The pages in {@code table}. */
    public Hugetlb(LeafTable table, Tlbs tlbs, Set<LeftOut> leftOut) {
        this.machine = table.machine();
        this.table = table;
        this.ptes = new Ptes(table, tlbs);
        this.hugePteLock = machine.spinLock(LockClass.PAGE_TABLE_LOCK, "page_table_lock");
        this.followLock = leftOut.contains(LeftOut.HUGE_PTE_LOCK) ? table.ptl() : hugePteLock;
        this.references = machine.words("refcount", table.frames() / table.contPtes(), 0, Word.Format.DECIMAL);
    }

    /** Maps a page in each block. */
    public void boot() {
        for (int start = 0; start < table.count(); start += table.contPtes()) {
            set(start, start);
            references[start / table.contPtes()].writeOnce(1);
        }
    }

    private void set(int start, int pfn) {
        Arm64Pte pte = Arm64Pte.of(pfn).makeWrite().makeDirty().makeYoung();
        ptes.rawSetPtes(start, pte.makeCont(), table.contPtes());
    }

    private Word references(int pfn) {
        return references[pfn / table.contPtes()];
    }

    /** {@code follow_page_mask}, with {@code FOLL_GET}: the frame of a page, with a reference. */
    public int follow(int page) {
        while (true) {
            machine.loopHead("follow " + page);
            followLock.lock();
            Arm64Pte pte = ptes.rawGet(page);
            if (pte.isValid()) {
                long before = references(pte.pfn()).fetchAdd(1); // try_grab_folio
                machine.bugOn(before <= 0, "a reference on " + pte + ", which is free");
                followLock.unlock();
                return pte.pfn();
            }
            followLock.unlock();
            machine.reach(Marks.WAITED);
            table.entry(page).await("migration_entry_wait_huge", Guard.anySet(Arm64Pte.VALID));
        }
    }

    /** {@code unpin_user_page}. */
    public void put(int pfn) {
        references(pfn).add(-1);
    }

    /**
     * {@code unmap_and_move_huge_page} of the page in the block of {@code page}: {@code try_to_migrate}, {@code
     * folio_ref_freeze}, {@code remove_migration_ptes}. An entry of a migration is an invalid one here.
     */
    public void migrate(int page) {
        int start = table.alignDown(page);
        hugePteLock.lock();
        Arm64Pte old = ptes.rawGetAndClearFullPtes(start, table.contPtes()); // huge_ptep_clear_flush
        ptes.flushTlbRange(start, start + table.contPtes());
        hugePteLock.unlock();
        int to = (old.pfn() + table.count()) % table.frames();
        boolean frozen = references(old.pfn()).cmpxchg(1, 0) == 1;
        if (frozen) {
            for (int i = 0; i < table.contPtes(); i++) {
                table.frame(to + i).writeOnce(table.frame(old.pfn() + i).readOnce());
            }
            references(to).writeOnce(1);
        } else {
            machine.reach(Marks.PINNED);
        }
        hugePteLock.lock();
        set(start, frozen ? to : old.pfn());
        hugePteLock.unlock();
    }
}
