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
        MAY_FAIL,
        /** They succeed, but a device's mapping of a page for DMA may fail; not in the boot. */
        DMA_MAY_FAIL
    }

    private static final int FRAMES_PER_WORD = 62;

    private final Machine machine;
    private final Allocations allocations;
    private final HardwareUnit allocator;
    private final Word[] free;
    private final Lru lru;
    private final List<Page> pages = new ArrayList<>();
    private final int systemFrames;
    private final int deviceFrames;
    private final List<Word> deviceFree = new ArrayList<>();
    private final List<DevPagemap> pagemaps = new ArrayList<>();

    /** {@code frames} free frames, of which every allocation gets one. */
    public PhysicalMemory(Machine machine, int frames) {
        this(machine, frames, Allocations.SUCCEED);
    }

    /** {@code frames} free frames, of pages that do not migrate. */
    public PhysicalMemory(Machine machine, int frames, Allocations allocations) {
        this(machine, frames, allocations, false);
    }

    /**
     * {@code frames} free frames.
     *
     * @param migrates whether pages migrate: then they have an LRU list, and know their rmap
     */
    public PhysicalMemory(Machine machine, int frames, Allocations allocations, boolean migrates) {
        this(machine, frames, allocations, migrates, 0, 0);
    }

    /**
     * {@code frames} free frames of system memory, and those of devices: their numbers come after.
     *
     * @param migrates whether pages migrate: then they have an LRU list, and know their rmap
     * @param devices how many devices have memory of their own
     * @param deviceFrames how many frames each of these has
     */
    public PhysicalMemory(
            Machine machine, int frames, Allocations allocations, boolean migrates, int devices, int deviceFrames) {
        this.machine = machine;
        this.systemFrames = frames;
        this.deviceFrames = deviceFrames;
        this.allocations = allocations;
        this.allocator = machine.unit("buddy allocator");
        this.free = new Word[(frames + FRAMES_PER_WORD - 1) / FRAMES_PER_WORD];
        for (int i = 0; i < free.length; i++) {
            int here = Math.min(FRAMES_PER_WORD, frames - i * FRAMES_PER_WORD);
            free[i] = machine.word(i == 0 ? "free frames" : "free frames " + i, (1L << here) - 1, Long::toBinaryString);
        }
        for (int pfn = 0; pfn < frames; pfn++) {
            pages.add(new Page(machine, pfn, migrates));
        }
        for (int device = 0; device < devices && deviceFrames > 0; device++) {
            pagemaps.add(null);
            deviceFree.add(
                    machine.word("free frames of device " + device, (1L << deviceFrames) - 1, Long::toBinaryString));
            for (int i = 0; i < deviceFrames; i++) {
                pages.add(new Page(machine, pages.size(), migrates, device));
            }
        }
        this.lru = migrates ? new Lru(machine, this) : null;
    }

    /** The LRU list; null where pages do not migrate. */
    public Lru lru() {
        return lru;
    }

    /** {@code pfn_to_page}. */
    public Page page(int pfn) {
        return pages.get(pfn);
    }

    /** Every frame, free or not. */
    public List<Page> pages() {
        return Collections.unmodifiableList(pages);
    }

    /** The set of free frames among the first 62, as bits: more than a scenario has. */
    public Word free() {
        return free[0];
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
            for (int i = 0; i < free.length; i++) {
                long frames = free[i].readOnce();
                if (frames != 0) {
                    Page page = page(i * FRAMES_PER_WORD + Long.numberOfTrailingZeros(frames));
                    free[i].writeOnce(frames & (frames - 1));
                    page.refCount().set(1);
                    return page.pfn();
                }
            }
            throw new ScopeExceeded("no frame is free: give the scenario more frames");
        });
        return page(pfn);
    }

    /** {@code memremap_pages}: from now on the driver of the device {@code owner} answers for its memory. */
    public void memremapPages(int owner, DevPagemap pagemap) {
        if (owner < pagemaps.size()) {
            pagemaps.set(owner, pagemap);
        }
    }

    /** {@code page_pgmap}, of device memory. */
    DevPagemap pgmap(Page page) {
        return pagemaps.get(page.owner());
    }

    /** Whether some device has memory of its own. */
    public boolean hasDeviceMemory() {
        return !deviceFree.isEmpty();
    }

    /** The frames of the device {@code owner}. */
    public List<Page> pagesOf(int owner) {
        return owner >= deviceFree.size()
                ? List.of()
                : pages().subList(systemFrames + owner * deviceFrames, systemFrames + (owner + 1) * deviceFrames);
    }

    /**
     * A driver's allocation of its device's memory, with {@code zone_device_page_init}: a page with a refcount of 1,
     * locked; null if none is free.
     *
     * @param data its {@code zone_device_data}
     */
    public Page allocDevicePage(int owner, long data) {
        if (owner >= deviceFree.size()) {
            return null;
        }
        int first = systemFrames + owner * deviceFrames;
        int pfn = (int) allocator.step("alloc_device_page", () -> {
            long frames = deviceFree.get(owner).readOnce();
            if (frames == 0) {
                return -1;
            }
            deviceFree.get(owner).writeOnce(frames & (frames - 1));
            Page page = page(first + Long.numberOfTrailingZeros(frames));
            page.refCount().set(1);
            page.zoneDeviceData().writeOnce(data);
            return page.pfn();
        });
        if (pfn < 0) {
            return null;
        }
        page(pfn).lock().lock();
        return page(pfn);
    }

    /** Whether a frame is free now, for invariants. */
    public boolean peekFree(int pfn) {
        Page page = page(pfn);
        return page.isZoneDevice()
                ? (deviceFree.get(page.owner()).peek() & 1L << (pfn - systemFrames) % deviceFrames) != 0
                : (free().peek() & 1L << pfn) != 0;
    }

    /** Every word that {@link #peekFree} looks at. */
    public List<Word> freeWords() {
        List<Word> words = new ArrayList<>(deviceFree);
        words.add(free());
        return words;
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
    public boolean fails(String what) {
        return allocations == Allocations.MAY_FAIL && chooses(what);
    }

    /** Whether the environment lets {@code dma_map_page} of the device {@code name} fail now. */
    public boolean mappingFails(String name) {
        return allocations != Allocations.SUCCEED && chooses(name + ".dma_map_page");
    }

    private boolean chooses(String what) {
        return machine.current().id() != Task.BOOT && machine.choose("whether " + what + " fails", 2) == 1;
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

    /** {@code folio_put_refs}: drops so many references at once. */
    void putPages(Page page, long references) {
        if (page.refCount().subAndTest(references)) {
            freePage(page);
        }
    }

    /** {@code free_hot_cold_page}: poisons the frame (page poisoning) and puts it on the free list. */
    private void freePage(Page page) {
        allocator.step("free_page", () -> {
            page.content().writeOnce(Page.POISON);
            page.flags().writeOnce(0);
            if (page.mapping() != null) {
                page.mapping().writeOnce(Rmap.NO_MAPPING);
            }
            if (page.isZoneDevice()) { // free_zone_device_folio, page_free
                page.zoneDeviceData().writeOnce(Page.NO_DATA);
                deviceFree.get(page.owner()).or(1L << (page.pfn() - systemFrames) % deviceFrames);
                return 0;
            }
            free[page.pfn() / FRAMES_PER_WORD].or(1L << page.pfn() % FRAMES_PER_WORD);
            return 0;
        });
    }
}
