package racewalk.mm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * The frames and their allocator. A frame that is freed is poisoned and is the next to be given out, unless a lower one
 * is free: so a stale translation reads poison, or reads and damages the next owner's data.
 */
public final class PhysicalMemory {

    /** What the environment does to allocations. */
    public enum Allocations {
        /** They succeed. */
        SUCCEED,
        /** Any of them may fail, but for those of the boot. */
        MAY_FAIL
    }

    private final Machine machine;
    private final Allocations allocations;
    private final HardwareUnit allocator;
    private final Word free;
    private final List<Page> pages = new ArrayList<>();

    /** {@code frames} free frames, at most 62, of which every allocation gets one. */
    public PhysicalMemory(Machine machine, int frames) {
        this(machine, frames, Allocations.SUCCEED);
    }

    /** {@code frames} free frames, at most 62. */
    public PhysicalMemory(Machine machine, int frames, Allocations allocations) {
        this.machine = machine;
        this.allocations = allocations;
        this.allocator = machine.unit("buddy allocator");
        this.free = machine.word("free frames", (1L << frames) - 1, Long::toBinaryString);
        for (int pfn = 0; pfn < frames; pfn++) {
            pages.add(new Page(machine, pfn));
        }
    }

    /** {@code pfn_to_page}. */
    public Page page(int pfn) {
        return pages.get(pfn);
    }

    /** Every frame, free or not. */
    public List<Page> pages() {
        return Collections.unmodifiableList(pages);
    }

    /** The set of free frames, as bits. */
    public Word free() {
        return free;
    }

    /**
     * {@code alloc_page}: a page with a refcount of 1 and the content that its last owner or the poison left. The free
     * list's own locking is not modelled: taking a page off it is one step.
     *
     * @return null if the allocation fails
     * @throws ScopeExceeded if no frame is free: reclaim is not modelled
     */
    public Page allocPage() {
        if (fails("alloc_page")) {
            return null;
        }
        int pfn = (int) allocator.step("alloc_page", () -> {
            long frames = free.readOnce();
            if (frames == 0) {
                throw new ScopeExceeded("no frame is free: give the scenario more frames");
            }
            Page page = page(Long.numberOfTrailingZeros(frames));
            free.writeOnce(frames & (frames - 1));
            page.refCount().set(1);
            return page.pfn();
        });
        return page(pfn);
    }

    /** {@code alloc_zeroed_user_highpage}: null if the allocation fails. */
    public Page allocZeroedPage() {
        Page page = allocPage();
        if (page != null) {
            page.content().writeOnce(0);
        }
        return page;
    }

    /** Whether the environment lets the allocation {@code what} fail now. */
    boolean fails(String what) {
        return allocations == Allocations.MAY_FAIL
                && machine.current().id() != Task.BOOT
                && machine.choose("whether " + what + " fails", 2) == 1;
    }

    /** {@code get_page}, by a caller who knows that the page has a reference. */
    public void getPage(Page page) {
        page.refCount().inc();
    }

    /** {@code put_page}, {@code page_cache_release}: the last reference frees the page. */
    public void putPage(Page page) {
        if (page.refCount().decAndTest()) {
            freePage(page);
        }
    }

    /** {@code free_hot_cold_page}: poisons the frame (page poisoning) and puts it on the free list. */
    private void freePage(Page page) {
        allocator.step("free_page", () -> {
            page.content().writeOnce(Page.POISON);
            page.flags().writeOnce(0);
            free.or(1L << page.pfn());
            return 0;
        });
    }
}
