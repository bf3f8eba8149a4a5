package racewalk.mm;

import racewalk.machine.Word;

/** A planted fault: {@link Fault2016} that asks for a page's mapcount without its lock. */
public final class Fault2016Unlocked extends Fault2016 {

    /** The faults of {@code mm}. */
    public Fault2016Unlocked(AddressSpace mm, NotifierSites notifier) {
        super(mm, notifier);
    }

    @Override
    boolean lockOldPage(PageTable.Leaf leaf, Word word, Pte original, Page oldPage) {
        return true;
    }

    @Override
    void unlockOldPage(Page oldPage) {
        // It was not locked.
    }
}
