package racewalk.migrate;

import racewalk.machine.Machine;
import racewalk.mm.AddressSpace;
import racewalk.mm.DevPagemap.Held;
import racewalk.mm.Page;

/**
 * {@code struct migrate_vma} of Linux 7.0: the pages that {@link MigrateVma} migrates, and where they go. A task's
 * local
 * variable. Without addresses it stands for the arrays of {@code migrate_device_range}.
 */
public final class MigrateArgs {

    /** {@code args.flags}: which pages are collected. */
    public enum Select {
        /** {@code MIGRATE_VMA_SELECT_SYSTEM}. */
        SYSTEM,
        /** {@code MIGRATE_VMA_SELECT_DEVICE_PRIVATE}: those in the memory of {@code pgmap_owner}. */
        DEVICE_PRIVATE
    }

    /** {@code pgmap_owner == NULL}. */
    public static final int NO_OWNER = -1;

    private static final int NO_ADDRESS = -1;

    final int start;
    final int npages;
    final Select select;
    final int owner;
    final Page faultPage;
    private final Held held;
    final HmmPfns src;
    final HmmPfns dst;
    private int cpages;
    private final Machine machine;
    private final AddressSpace mm;
    private final String caller;

    private MigrateArgs(
            AddressSpace mm,
            int start,
            int npages,
            Select select,
            int owner,
            Page faultPage,
            Held held,
            String caller) {
        this.mm = mm;
        this.machine = mm.machine();
        this.start = start;
        this.npages = npages;
        this.select = select;
        this.owner = owner;
        this.faultPage = faultPage;
        this.held = held;
        this.src = new HmmPfns(machine, mm.memory(), "src", npages);
        this.dst = new HmmPfns(machine, mm.memory(), "dst", npages);
        this.caller = caller;
    }

    /**
     * The pages of {@code [start, end)}.
     *
     * @param owner the number of the device, {@code pgmap_owner}
     * @param faultPage the page that a fault brings back, or null
     * @param held what the fault has of it
     * @param caller what the caller knows, as {@link Machine#localsAre} has it; null if it is not said
     */
    public static MigrateArgs ofFault(
            AddressSpace mm, int start, int end, int owner, Page faultPage, Held held, String caller) {
        return new MigrateArgs(mm, start, end - start, Select.DEVICE_PRIVATE, owner, faultPage, held, caller);
    }

    /** The same, of no fault. */
    public static MigrateArgs ofRange(AddressSpace mm, int start, int end, Select select, int owner, String caller) {
        return new MigrateArgs(mm, start, end - start, select, owner, null, Held.NOTHING, caller);
    }

    /** So many pages of device memory, wherever they are mapped. */
    static MigrateArgs ofDevicePages(AddressSpace mm, int count, String caller) {
        return new MigrateArgs(mm, NO_ADDRESS, count, Select.DEVICE_PRIVATE, NO_OWNER, null, Held.NOTHING, caller);
    }

    /** {@code args->npages}. */
    public int npages() {
        return npages;
    }

    /** The address of the page {@code i}, or its index. */
    public int address(int i) {
        return start == NO_ADDRESS ? (int) src.page(i).index().readOnce() : start + i;
    }

    /** {@code migrate_pfn_to_page(src[i])}: null if there is no page. */
    public Page source(int i) {
        return src.page(i);
    }

    /** {@code migrate_pfn_to_page(dst[i])}: null if there is no page. */
    public Page destination(int i) {
        return dst.page(i);
    }

    /** {@code src[i] & MIGRATE_PFN_MIGRATE}. */
    public boolean isMigrating(int i) {
        return src.has(i, HmmPfns.MIGRATE);
    }

    /** {@code src[i] & MIGRATE_PFN_WRITE}. */
    public boolean isWritable(int i) {
        return src.has(i, HmmPfns.WRITE);
    }

    /** {@code dst[i] & MIGRATE_PFN_WRITE}. */
    public boolean isDestinationWritable(int i) {
        return dst.has(i, HmmPfns.WRITE);
    }

    /** {@code dst[i] = migrate_pfn(page_to_pfn(page)) | MIGRATE_PFN_WRITE}, of a locked page. */
    public void setDestination(int i, Page page, boolean write) {
        dst.set(i, page, write ? HmmPfns.WRITE : 0);
    }

    /** Whether {@code page} is locked by the fault that it is migrated for. */
    boolean isLockedByFault(Page page) {
        return page == faultPage && held == Held.LOCK;
    }

    /** How many references the fault has on {@code page} that it is migrated for. */
    int faultReferences(Page page) {
        return page == faultPage && held != Held.NOTHING ? 1 : 0;
    }

    /** Tells {@link Machine#localsAre} the place and all that is known, if the caller has said what it knows. */
    public void settle(String place) {
        if (caller != null) {
            mm.localsAre("migrate_vma " + place + " " + this);
        }
    }

    /** What the steps know below a place, as {@link Machine#localsAre} has it; null if the caller has not said. */
    String locals(String place) {
        return caller == null ? null : place + this;
    }

    /** {@code migrate->cpages}: how many pages are to migrate. */
    int cpages() {
        return cpages;
    }

    /** {@code migrate->cpages++}. */
    void oneMorePage() {
        cpages++;
    }

    /** {@code migrate->cpages = n}. */
    void pagesAre(int n) {
        cpages = n;
    }

    @Override
    public String toString() {
        return cpages + ": " + src + dst + caller;
    }
}
