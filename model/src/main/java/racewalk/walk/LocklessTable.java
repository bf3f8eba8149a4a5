package racewalk.walk;

import java.util.List;
import racewalk.machine.Word;

/** What only some walked tables have: readers that take no lock, and khugepaged. */
public sealed interface LocklessTable extends WalkedTable {

    /** A table that GUP-fast walks. */
    non-sealed interface Pinned extends LocklessTable {
        /**
         * {@code get_user_pages_fast} of one page: without a lock, or if that fails under the locks.
         *
         * @return the value of the entry whose page is pinned, 0 if there is none
         */
        long pin(int address);
    }

    /** A table that the hardware walks, too. */
    non-sealed interface HardwareWalked extends LocklessTable {
        /**
         * An access of the CPU: its hardware walks the table, and may remember the upper levels.
         *
         * @return the value of the entry, 0 if there is none
         */
        long load(int address);
    }

    /** A table of anonymous memory that khugepaged makes huge pages of. */
    non-sealed interface Collapsed extends LocklessTable {
        /** {@code collapse_huge_page} of each leaf table in a range: nobody sees another value for that. */
        void collapse(int start, int end);

        /** Whether a page is pinned there that has been copied into a huge one, for invariants. */
        boolean hasLostPin(int address);

        /** The words that say so. */
        List<Word> pinWords();
    }

    /** A table of a file's mapping whose pages khugepaged has replaced by a huge one. */
    non-sealed interface Retracted extends LocklessTable {
        /** The old pages of a range are unmapped, and the leaf tables retracted. */
        void retract(int start, int end);
    }
}
