package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/** {@code mprotect} of Linux 2.6.24: {@code mm/mprotect.c}, era 2008. */
public class Mprotect {

    /** Branches of the change. */
    public enum Marks implements Mark {
        /** A page was on its way to another frame. */
        MIGRATION_ENTRY,
        /** A page was in a device's memory, which might write to it. */
        DEVICE_PRIVATE
    }

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;

    /** The protection changes of {@code mm}. */
    public Mprotect(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
    }

    /**
     * {@code sys_mprotect}, under the mmap lock for write.
     *
     * @return false, for {@code -ENOMEM}, if the range has a hole; what is mapped before it is changed all the same
     */
    public final boolean mprotect(int start, int end, Protection protection) {
        boolean whole = true;
        mm.mmapLock().downWrite();
        long vmas = mm.vmas().read(start, end);
        for (int address = start; address < end && whole; address = Vmas.vmaEnd(vmas, address, end)) {
            Protection old = Vmas.at(vmas, address);
            if (old == Protection.UNMAPPED) {
                whole = false;
            } else {
                mprotectFixup(address, Vmas.vmaEnd(vmas, address, end), old, protection);
            }
        }
        mm.mmapLock().upWrite();
        return whole;
    }

    /** {@code mprotect_fixup} of one VMA's part, in which {@code old} holds. */
    private void mprotectFixup(int start, int end, Protection old, Protection protection) {
        if (protection == old) { // newflags == oldflags: nothing is changed, flushed or told
            return;
        }
        mm.vmas().set(start, end, protection);
        notifier.beforeChangeProtection(start, end);
        changeProtection(start, end, protection);
        notifier.afterChangeProtection(start, end);
    }

    private void changeProtection(int start, int end, Protection protection) {
        for (int address = start; address < end; address = mm.pageTable().leafEnd(address, end)) {
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            if (leaf != null) {
                changePteRange(leaf, address, mm.pageTable().leafEnd(address, end), protection);
            }
        }
        notifier.beforeChangeFlush(start, end);
        tlbFlush.flushTlbRange(start, end);
        notifier.afterChangeFlush(start, end);
    }

    private void changePteRange(PageTable.Leaf leaf, int start, int end, Protection protection) {
        leaf.ptl().lock();
        for (int address = start; address < end; address++) {
            Word word = mm.pageTable().pte(leaf, address);
            Pte old = new Pte(word.readOnce());
            if (!old.isPresent()) {
                if (old.isMigrationEntry() && old.isWritable()) {
                    // "A protection check is difficult so just be safe and disable write"
                    mm.machine().reach(Marks.MIGRATION_ENTRY);
                    word.writeOnce(old.makeMigrationEntryRead().bits());
                }
                if (old.isDevicePrivate() && old.isWritable()) { // change_softleaf_pte
                    mm.machine().reach(Marks.DEVICE_PRIVATE);
                    word.writeOnce(Pte.makeDevicePrivateEntry(mm.memory().page(old.pfn()), false)
                            .bits());
                }
                continue;
            }
            // Not a plain write: the hardware may set the dirty bit until the entry is gone.
            Pte entry = new Pte(word.xchg(Pte.NONE.bits()));
            notifier.changeClearedPteLocked(address);
            Pte modified = entry.modify(protection);
            if (mm.aging()) {
                modified = modified.makeYoung(); // pte_modify: every newprot has _PAGE_ACCESSED
            }
            word.writeOnce(modified.bits()); // set_pte_at
        }
        notifier.changedLeafLocked(start, end, protection);
        leaf.ptl().unlock();
    }
}
