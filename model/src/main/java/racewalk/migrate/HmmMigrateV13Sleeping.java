package racewalk.migrate;

import java.util.Set;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;

/** A planted fault: {@link HmmMigrateV13} that waits for the page lock where it can only try it, under the PT lock. */
public final class HmmMigrateV13Sleeping extends HmmMigrateV13 {

    /** The migrations of {@code mm}, with some repairs. */
    public HmmMigrateV13Sleeping(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs) {
        super(mm, notifier, repairs);
    }

    @Override
    boolean tryLockPageLocked(Page page) {
        page.lock().lock();
        return true;
    }
}
