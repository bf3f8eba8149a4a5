package racewalk.notifier;

import racewalk.machine.Machine;

/**
 * {@link Arcangeli} on an architecture that has its own {@code ptep_clear_flush_young}: the patch puts the call into
 * that of {@code asm-generic/pgtable.h}, and {@code include/asm-x86/pgtable_32.h} of 2.6.24 defines {@code
 * __HAVE_ARCH_PTEP_CLEAR_YOUNG_FLUSH}; {@code pgtable_64.h} does not. "This is only going to work on arches that use
 * the generic implementation", Lameter, "Re: [PATCH] mmu notifiers #v5", 31 January 2008; "How about x86 code? There is
 * one override of these functions there as well." The answer, of 1 February, is about {@code ptep_clear_flush}, and
 * that has none.
 */
public final class ArcangeliI386 extends Arcangeli {

    /** The notifier of one address space. */
    public ArcangeliI386(Machine machine) {
        super(machine);
    }

    /** {@code ptep_clear_flush_young} of i386: nobody is asked. */
    @Override
    public boolean agedPteLocked(int address) {
        return false;
    }
}
