package racewalk.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

class LockClassTest {

    @Test
    void orderIsThatOfTheTable() {
        assertTrue(LockClass.PT_LOCK.mayFollow(LockClass.MMAP_LOCK, 0, 0));
        assertTrue(LockClass.PT_LOCK.mayFollow(LockClass.PAGE_LOCK, 0, 0));
        assertTrue(LockClass.PAGE_LOCK.mayFollow(LockClass.MMAP_LOCK, 0, 0));
        assertTrue(LockClass.ANON_VMA.mayFollow(LockClass.PAGE_LOCK, 0, 0));
        assertTrue(LockClass.PT_LOCK.mayFollow(LockClass.ANON_VMA, 0, 0));
        assertFalse(LockClass.MMAP_LOCK.mayFollow(LockClass.PT_LOCK, 0, 0));
        assertFalse(LockClass.PAGE_LOCK.mayFollow(LockClass.ANON_VMA, 0, 0));
    }

    @Test
    void onlyTheLocksOfForkNestAndOnlyOnce() {
        for (LockClass lockClass : LockClass.values()) {
            if (lockClass == LockClass.PAGE_LOCK) {
                continue;
            }
            assertFalse(lockClass.mayFollow(lockClass, 0, 0), lockClass.name());
            boolean nests = Set.of(LockClass.MMAP_LOCK, LockClass.PAGE_TABLE_LOCK, LockClass.PT_LOCK)
                    .contains(lockClass);
            assertEquals(nests, lockClass.mayFollow(lockClass, 0, 1), lockClass.name());
        }
        assertFalse(LockClass.PT_LOCK.mayFollow(LockClass.PT_LOCK, 1, 2));
    }

    @Test
    void pageLocksNestAtWill() {
        assertTrue(LockClass.PAGE_LOCK.mayFollow(LockClass.PAGE_LOCK, 0, 0));
    }

    @Test
    void sleepingLocksStandAboveSpinningOnes() {
        boolean spinning = false;
        for (LockClass lockClass : LockClass.values()) {
            spinning |= lockClass.kind() == LockClass.Kind.SPINNING;
            assertEquals(spinning, lockClass.kind() == LockClass.Kind.SPINNING, lockClass.name());
        }
    }
}
