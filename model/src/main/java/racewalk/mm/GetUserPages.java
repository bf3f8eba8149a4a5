package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Word;

/** {@code get_user_pages} of Linux 2.6.24 for one page: {@code mm/memory.c}, era 2008. */
public final class GetUserPages {

    /** Branches of the walk. */
    public enum Marks implements Mark {
        /** The page was not mapped as needed, and a fault was taken. */
        FAULTED,
        /** The fault found no memory. */
        OUT_OF_MEMORY,
        /** The file ended before the page. */
        BEYOND_END
    }

    private final AddressSpace mm;
    private final Fault fault;

    /** The walks of {@code mm}. */
    public GetUserPages(AddressSpace mm, Fault fault) {
        this.mm = mm;
        this.fault = fault;
    }

    /** The faults that the walks take. */
    public Fault fault() {
        return fault;
    }

    /**
     * {@code get_user_pages(…, address, 1, write, force, &page, NULL)}: faults the page in as needed. The mmap lock
     * must be held.
     *
     * @param force asks for the {@code VM_MAYREAD} and {@code VM_MAYWRITE} flags alone, which every VMA here has, so
     *     the protection is not asked
     * @return the page, with a reference for the caller; null for {@code -EFAULT}, also beyond the end of a file, and
     *     for {@code -ENOMEM}
     * @throws ScopeExceeded for reading where no table has been linked yet: Linux then gives the zero page
     */
    public Page getUserPage(int address, boolean write, boolean force) {
        return getUserPage(address, write, force, null);
    }

    /**
     * The same for a caller who knows no more than {@code caller}, as {@link racewalk.machine.Machine#localsAre} has
     * it: null if it is not said.
     */
    public Page getUserPage(int address, boolean write, boolean force, String caller) {
        return getUserPage(address, write, force, caller, 1);
    }

    /**
     * Pins the page for a device that writes to it: {@code get_user_pages}, and since 2020 {@code pin_user_pages}, that
     * is, {@code FOLL_PIN}. Null as above.
     */
    public Page pinUserPage(int address, String caller) {
        return getUserPage(address, true, false, caller, pinReferences());
    }

    /** {@code put_page}, {@code unpin_user_page}. */
    public void unpinUserPage(Page page) {
        if (pinReferences() == 1) {
            mm.memory().putPage(page);
        } else {
            mm.memory().putPages(page, pinReferences());
        }
    }

    /** How many references a pin has. */
    public long pinReferences() {
        return fault.pinReferences();
    }

    private Page getUserPage(int address, boolean write, boolean force, String caller, long references) {
        Protection vma = mm.vmas().find(address);
        if (force ? vma == Protection.UNMAPPED : !vma.permits(write)) {
            return null;
        }
        boolean follAnon = !write && !mm.isOfFile(address); // !vma->vm_ops->fault
        boolean needWrite = write;
        Page page = followPage(address, needWrite, follAnon, references);
        while (page == null) {
            mm.machine().reach(Marks.FAULTED);
            String locals = caller == null ? null : "get_user_pages " + (needWrite ? "for writing " : "") + caller;
            switch (fault.handleMmFault(address, needWrite, locals)) {
                case OOM -> {
                    mm.machine().reach(Marks.OUT_OF_MEMORY);
                    return null;
                }
                case SIGBUS -> {
                    mm.machine().reach(Marks.BEYOND_END);
                    return null;
                }
                case WRITE -> needWrite = false; // copy-on-write is broken, look the page up as if to read it
                case WAITED, NONE -> {}
            }
            if (caller != null) {
                mm.localsAre("get_user_pages " + (needWrite ? "for writing again " : "again ") + caller);
            }
            page = followPage(address, needWrite, follAnon, references);
        }
        return page;
    }

    /**
     * {@code follow_page} with {@code FOLL_GET} and {@code FOLL_TOUCH}: looks the page up under the PT lock, takes one
     * or more references, and drops the lock before it returns.
     *
     * <p>With {@code FOLL_ANON}, where there is no table ({@code no_page_table}), Linux returns {@code ZERO_PAGE(0)}
     * without a fault. A later store by a CPU runs {@code do_anonymous_page}, in which none of the patches has a call,
     * so a secondary MMU would keep the zero page [R]. That page is not modelled.
     *
     * @return null if the page is not mapped as needed
     */
    private Page followPage(int address, boolean write, boolean follAnon, long references) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            if (follAnon) {
                throw new ScopeExceeded("get_user_pages for reading gives the zero page where no page table is yet, and"
                        + " that is not modelled: let a CPU touch page " + address + " or a neighbour at boot");
            }
            return null;
        }
        Page page = null;
        leaf.ptl().lock();
        Word word = mm.pageTable().pte(leaf, address);
        Pte pte = new Pte(word.readOnce());
        if (pte.isPresent() && (!write || pte.isWritable())) {
            page = mm.memory().page(pte.pfn());
            if (references == 1) {
                mm.memory().getPage(page);
            } else {
                page.refCount().add(references);
            }
            if (write && !pte.isDirty()) {
                page.flags().or(Page.DIRTY); // set_page_dirty
            }
            if (mm.aging()) {
                page.markAccessed(); // mark_page_accessed
            }
        }
        leaf.ptl().unlock();
        return page;
    }
}
