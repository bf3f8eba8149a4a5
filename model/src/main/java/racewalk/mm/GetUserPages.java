package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/** {@code get_user_pages} of Linux 2.6.24 for one page: {@code mm/memory.c}, era 2008. */
public final class GetUserPages {

    /** Branches of the walk. */
    public enum Marks implements Mark {
        /** The page was not mapped as needed, and a fault was taken. */
        FAULTED
    }

    private final AddressSpace mm;
    private final Fault fault;

    /** The walks of {@code mm}. */
    public GetUserPages(AddressSpace mm, Fault fault) {
        this.mm = mm;
        this.fault = fault;
    }

    /**
     * {@code get_user_pages(…, address, 1, write, 0, &page, NULL)}: faults the page in as needed. The mmap lock must be
     * held.
     *
     * @return the page, with a reference for the caller; null for {@code -EFAULT}
     */
    public Page getUserPage(int address, boolean write) {
        if (!mm.vmas().find(address).permits(write)) {
            return null;
        }
        boolean needWrite = write;
        Page page = followPage(address, needWrite);
        while (page == null) {
            mm.machine().reach(Marks.FAULTED);
            if (fault.handleMmFault(address, needWrite)) {
                needWrite = false; // VM_FAULT_WRITE: copy-on-write is broken, look the page up as if to read it
            }
            page = followPage(address, needWrite);
        }
        return page;
    }

    /**
     * {@code follow_page} with {@code FOLL_GET} and {@code FOLL_TOUCH}: looks the page up under the PT lock, takes a
     * reference, and drops the lock before it returns.
     *
     * @return null if the page is not mapped as needed
     */
    public Page followPage(int address, boolean write) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            return null;
        }
        Page page = null;
        leaf.ptl().lock();
        Word word = mm.pageTable().pte(leaf, address);
        Pte pte = new Pte(word.readOnce());
        if (pte.isPresent() && (!write || pte.isWritable())) {
            page = mm.memory().page(pte.pfn());
            mm.memory().getPage(page);
            if (write && !pte.isDirty()) {
                page.flags().or(Page.DIRTY); // set_page_dirty
            }
        }
        leaf.ptl().unlock();
        return page;
    }
}
