package racewalk.migrate;

import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;

/** A planted fault: {@link MigratePages} without the lock of the page that it moves. */
public final class MigratePagesUnlocked extends MigratePages {

    /** The migrations of {@code mm}. */
    public MigratePagesUnlocked(AddressSpace mm, NotifierSites notifier) {
        super(mm, notifier);
    }

    @Override
    boolean tryLockPage(Page page) {
        return true;
    }

    @Override
    void unlockPage(Page page) {
        // It was not locked.
    }
}
