package racewalk.mm;

import java.util.List;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.RwSemaphore;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * {@code struct anon_vma} of Linux 2.6.24: the VMAs that may map the anonymous pages of one process, and the spinning
 * lock under which a rmap walk goes through them. The list is one word with a bit for each page that lies in a VMA of
 * it.
 *
 * <p>All VMAs of the process share it. They are on the list from the beginning, and not only once a fault has called
 * {@code anon_vma_prepare}: until then there is no page to find [R].
 */
public final class AnonVma {

    /** The name of the word that says which pages are in VMAs of the list, in the first process. */
    public static final String NAME = "anon_vma";

    private final SpinLock lock;
    /** {@code anon_vma->rwsem} since 2012; null before. */
    private final RwSemaphore rwsem;

    private final Word vmas;

    AnonVma(Machine machine, String prefix, int pages, boolean sleeps) {
        this.rwsem = sleeps ? machine.rwSemaphore(LockClass.ANON_VMA, prefix + "anon_vma.rwsem") : null;
        this.lock = machine.spinLock(LockClass.ANON_VMA_SPINLOCK, prefix + "anon_vma.lock");
        this.vmas = machine.word(prefix + NAME, (1L << pages) - 1, Long::toBinaryString);
    }

    /** {@code anon_vma->lock}. */
    public SpinLock lock() {
        return lock;
    }

    /** {@code page_lock_anon_vma}, {@code page_lock_anon_vma_read}. */
    void lockForWalk() {
        if (rwsem == null) {
            lock.lock();
        } else {
            rwsem.downRead();
        }
    }

    /** {@code page_unlock_anon_vma}, {@code page_unlock_anon_vma_read}. */
    void unlockForWalk() {
        if (rwsem == null) {
            lock.unlock();
        } else {
            rwsem.upRead();
        }
    }

    /** {@code vma_address}: whether a VMA of the list holds {@code address}. The lock must be held. */
    boolean covers(int address) {
        if (rwsem == null) {
            lock.assertHeld();
        } else {
            rwsem.assertHeld();
        }
        return vmas.readOnce(1L << address) != 0;
    }

    /** {@code anon_vma_unlink}: hides the VMAs of {@code [start, end)} from rmap walks. */
    void unlink(int start, int end) {
        if (rwsem == null) {
            lock.lock();
        } else {
            rwsem.downWrite();
        }
        vmas.andNot((1L << end) - (1L << start));
        if (rwsem == null) {
            lock.unlock();
        } else {
            rwsem.upWrite();
        }
    }

    /** The list when pages are renamed: page {@code p} to {@code pages.get(p)}. */
    public static long renamed(long list, List<Integer> pages) {
        long renamed = list;
        for (int address = 0; address < pages.size(); address++) {
            int to = pages.get(address);
            renamed = renamed & ~(1L << to) | (list >>> address & 1) << to;
        }
        return renamed;
    }

    /**
     * {@code isolate_lru_pages}: the page that {@code address} has, with a reference on it; null if there is none. It
     * is found by its address and not on a list [R].
     */
    Page isolate(AddressSpace mm, int address) {
        Page page = null;
        lockForWalk();
        PageTable.Leaf leaf = covers(address) ? mm.pageTable().leafOf(address) : null;
        if (leaf != null) {
            leaf.ptl().lock();
            Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
            if (pte.isPresent()) {
                page = mm.memory().page(pte.pfn());
                mm.memory().getPage(page); // get_page_unless_zero
            }
            leaf.ptl().unlock();
        }
        unlockForWalk();
        return page;
    }
}
