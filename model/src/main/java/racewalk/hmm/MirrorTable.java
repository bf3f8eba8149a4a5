package racewalk.hmm;

import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * The entries of a mirror's page table, as {@link HmmMirror} has it: one directory.
 *
 * @param entries one for each page
 * @param directory the directory's lock
 */
record MirrorTable(Word[] entries, SpinLock directory) {

    static MirrorTable make(Machine machine, String name, int span) {
        return new MirrorTable(
                machine.words(name + ".hmm_pt", span, 0, MirrorEntry::show),
                machine.spinLock(LockClass.HMM_MIRROR_TABLE, name + ".directory"));
    }
}
