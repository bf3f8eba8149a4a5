package racewalk.specs;

import java.util.List;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.GupFast;
import racewalk.mm.Page;

/**
 * What one actor has pinned: for each page the frame that {@code get_user_pages} gave it, with a reference. A device
 * that was told of it writes there, whatever the page tables say since.
 */
final class Pins {

    private static final long NONE = 0;

    private final AddressSpace mm;
    private final GetUserPages gup;
    private final GupFast gupFast;
    private final Word[] frames;

    Pins(String actor, AddressSpace mm, GetUserPages gup) {
        this.mm = mm;
        this.gup = gup;
        this.gupFast = mm.gupFast();
        this.frames = mm.machine()
                .words(
                        actor + " pinned",
                        mm.pageTable().span(),
                        NONE,
                        pin -> pin == NONE ? "none" : "page" + (pin - 1));
    }

    /** {@code get_user_pages_fast}, and the slow way if that fails: false for {@code -EFAULT}. */
    boolean pinFast(int address) {
        Page page = gupFast.getUserPageFast(address);
        if (page == null) {
            mm.localsAre("get_user_pages_unlocked");
            return pin(address);
        }
        frames[address].writeOnce(page.pfn() + 1L);
        return true;
    }

    /** {@code get_user_pages} for writing, under the mmap lock for read: false for {@code -EFAULT}. */
    boolean pin(int address) {
        mm.mmapLock().downRead();
        Page page = gup.pinUserPage(address, "pin");
        mm.mmapLock().upRead();
        if (page != null) {
            frames[address].writeOnce(page.pfn() + 1L);
        }
        return page != null;
    }

    /** The device writes: false if nothing is pinned. */
    boolean dma(int address, long value) {
        long pin = frames[address].readOnce();
        if (pin != NONE) {
            mm.memory().page((int) pin - 1).content().writeOnce(value);
        }
        return pin != NONE;
    }

    /** {@code put_page}. */
    void unpin(int address) {
        long pin = frames[address].xchg(NONE);
        if (pin != NONE) {
            gup.unpinUserPage(mm.memory().page((int) pin - 1));
        }
    }

    /** How many references it has on a frame now, for invariants. */
    long peek(int pfn) {
        long pins = 0;
        for (Word frame : frames) {
            pins += frame.peek() == pfn + 1L ? gup.pinReferences() : 0;
        }
        return pins;
    }

    /** Every word that {@link #peek} looks at. */
    List<Word> words() {
        return List.of(frames);
    }
}
