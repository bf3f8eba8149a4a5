package racewalk.hmm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.Pte;
import racewalk.notifier.MmuNotifierRanges;
import racewalk.secondary.DeviceOfItsTime;
import racewalk.secondary.TranslatingDevice;

/**
 * A device with a page table of its own, and its driver: {@code struct hmm_device}, whose {@code ops->update} does what
 * Mark Hairgrove's table has for each event ("Re: [PATCH 07/36] HMM: add per mirror page table v3", 26 June 2015). No
 * driver was posted. It holds no references on pages.
 *
 * <p>A change of its page table ends with the flush of the device's TLB, so the two are one. Its hardware sets a dirty
 * bit in the entry through which it stores.
 *
 * <p>Where allocations may fail an update may, with {@code -ENOMEM}; then it has done nothing, and its mirror is
 * killed. The update that unmaps everything then does not fail: the driver resets the device.
 *
 * <p>It is of 2015: with a notifier that is not {@link MmuNotifierRanges} it has no mirror, and stops at a {@code
 * BUG_ON}.
 */
public final class HmmDevice extends TranslatingDevice implements DeviceOfItsTime, MmuNotifierRanges.User {

    /** Branches of the driver. */
    public enum Marks implements Mark {
        /** An entry that the device had stored through was dropped or protected. */
        DIRTY_CARRIED,
        /** An update failed. */
        UPDATE_FAILED
    }

    private final GetUserPages gup;
    private final Set<HmmDifference> differences;

    private final String name;
    private final Mutex update;
    private final DmaDomain dma;
    private HmmMirror mirror;

    /** What a device's entries hold. */
    public enum Addresses {
        /** Numbers of page frames, as in the first patches. */
        PFN,
        /** Addresses at which pages are mapped for DMA, "[PATCH 13/36] HMM: DMA map memory [...]", 21 May 2015. */
        DMA
    }

    /** The device {@code name}, which has not registered a mirror of {@code mm} yet. */
    public HmmDevice(
            String name, AddressSpace mm, GetUserPages gup, Set<HmmDifference> differences, Addresses addresses) {
        this.update = mm.machine().mutex(LockClass.MIRROR_UPDATE, name + ".update");
        super(name, mm, "pt", MirrorEntry::show);
        this.name = name;
        this.gup = gup;
        this.differences = differences;
        this.dma = addresses == Addresses.DMA ? new DmaDomain(machine, memory, name) : null;
    }

    /** {@code hmm_mirror_register}. */
    @Override
    public void registerWith(MmuNotifierRanges notifier) {
        mirror = new HmmMirror(name, Hmm.of(mm, notifier, differences), this, dma, gup.fault());
    }

    @Override
    protected boolean fault(int address, boolean write) {
        machine.bugOn(mirror == null, name + " has no mirror");
        return mirror.fault(address, write);
    }

    @Override
    protected Pte translation(long entry) {
        MirrorEntry mirrored = new MirrorEntry(entry);
        return mirrored.permits(false) ? mirrored.translation(memory.page(mirrored.number())) : Pte.NONE;
    }

    @Override
    protected void storesTo(int address, Page page) {
        MirrorEntry entry = new MirrorEntry(entries[address].readOnce());
        if (!entry.isDirty()) {
            entries[address].writeOnce(entry.with(MirrorEntry.DIRTY).bits());
        }
        page.flags().or(Page.DEVICE_STORED);
    }

    /** {@code ops->update}: false for {@code -ENOMEM}. */
    boolean update(HmmEvent event) {
        if (!event.type().isDeviceFault() && memory.fails(name + ".update")) {
            machine.reach(Marks.UPDATE_FAILED);
            return false;
        }
        reset(event);
        return true;
    }

    /** {@code ops->update} that cannot fail. */
    void reset(HmmEvent event) {
        update.lock();
        if (saysRange() && !event.type().isDeviceFault()) {
            mirror.rangeDirty(event, has(HmmDifference.DMA_RANGE_DIRTY_OF_MAY));
        }
        for (int address = event.start(); address < event.end(); address++) {
            update(event, address);
        }
        update.unlock();
    }

    private void update(HmmEvent event, int address) {
        if (event.type().isDeviceFault()) {
            program(address);
        } else if (has(HmmDifference.DRIVER_BY_MASK)) {
            mask(address, event.pteMask());
        } else if (has(HmmDifference.DRIVER_DROPS_ALWAYS)) {
            mask(address, 0);
        } else {
            switch (event.type()) {
                case FORK -> protectUnless(HmmDifference.DRIVER_IGNORES_FORK, address);
                case ISDIRTY -> protectUnless(HmmDifference.DRIVER_IGNORES_ISDIRTY, address);
                case WRITE_PROTECT -> protectUnless(HmmDifference.DRIVER_IGNORES_WRITE_PROTECT, address);
                case MIGRATE -> drop(HmmDifference.DRIVER_READS_AT_MIGRATE, address);
                case MUNMAP -> drop(HmmDifference.DRIVER_READS_AT_MUNMAP, address);
                default -> throw new IllegalArgumentException(event + " is a device fault");
            }
        }
    }

    private void protectUnless(HmmDifference ignores, int address) {
        if (!has(ignores)) {
            mask(address, ~MirrorEntry.WRITE);
        }
    }

    private void drop(HmmDifference reads, int address) {
        mask(address, has(reads) ? ~MirrorEntry.WRITE : 0);
    }

    /** {@code HMM_DEVICE_RFAULT}, {@code HMM_DEVICE_WFAULT}: "Read hmm_ptes and write them on the device". */
    private void program(int address) {
        MirrorEntry entry = mirror.read(address);
        boolean dirtyNow = has(HmmDifference.DRIVER_DIRTY_AT_FAULT) && entry.isWritable();
        if (dirtyNow) {
            mirror.setDirty(address);
        }
        device.step("program", () -> {
            long dirty = entries[address].readOnce() & MirrorEntry.DIRTY;
            entries[address].writeOnce(entry.bits() & ~MirrorEntry.DIRTY | dirty);
            return 0;
        });
    }

    /** Takes from an entry, and says to HMM if the device had stored through it: {@code hmm_pte_set_dirty}. */
    private void mask(int address, long mask) {
        long old = device.step("mask", () -> {
            long entry = entries[address].readOnce();
            entries[address].writeOnce(entry & mask & ~MirrorEntry.DIRTY);
            return entry;
        });
        if (new MirrorEntry(old).isDirty()) {
            machine.reach(Marks.DIRTY_CARRIED);
            if (!has(HmmDifference.DRIVER_NO_DIRTY) && !has(HmmDifference.DRIVER_DIRTY_AT_FAULT) && !saysRange()) {
                mirror.setDirty(address);
            }
        }
    }

    /** Whether the driver says at each event of the whole range that it may be dirty. */
    private boolean saysRange() {
        return has(HmmDifference.DMA_RANGE_DIRTY) || has(HmmDifference.DMA_RANGE_DIRTY_OF_MAY);
    }

    private boolean has(HmmDifference difference) {
        return differences.contains(difference);
    }

    @Override
    public String peekUnmapped() {
        for (int address = 0; dma != null && address < entries.length; address++) {
            MirrorEntry entry = new MirrorEntry(entries[address].peek());
            if (entry.isValid() && dma.peek(entry.number()) == 0) {
                return name + " has an entry for page " + address + ", page" + entry.number() + ", which is not mapped";
            }
        }
        return null;
    }

    @Override
    public String peekLeaked() {
        for (Page page : dma == null ? List.<Page>of() : memory.pages()) {
            long mapped = dma.peek(page.pfn());
            long had = mirror == null ? 0 : mirror.peekMapped(page.pfn());
            if (mapped != had) {
                return name + " has " + page + " mapped " + mapped + " times, for " + had + " entries";
            }
        }
        return null;
    }

    @Override
    public boolean peekDirty(int pfn) {
        for (Word word : entries) {
            MirrorEntry entry = new MirrorEntry(word.peek());
            if (entry.permits(true) && entry.isDirty() && entry.number() == pfn) {
                return true;
            }
        }
        return mirror != null && mirror.peekDirty(pfn);
    }

    @Override
    public List<Word> words() {
        List<Word> words = new ArrayList<>(super.words());
        if (mirror != null) {
            words.addAll(mirror.words());
        }
        if (dma != null) {
            words.add(dma.word());
        }
        return words;
    }
}
