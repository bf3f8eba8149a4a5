package racewalk.contpte;

/**
 * A PTE as {@code arch/arm64/include/asm/pgtable.h} has it, as far as it matters here. {@code PTE_RDONLY} is kept
 * inverted, as {@link #WRITABLE}: an entry with {@link #WRITE} (the dirty-bit modifier) and without it is writable and
 * clean, and hardware that manages dirty state sets it at the first store; hardware that does not faults.
 *
 * @param bits the entry
 */
public record Arm64Pte(long bits) {

    /** {@code PTE_VALID}. */
    static final long VALID = 1;

    /** {@code PTE_CONT}: one of an aligned block of entries that may be cached as one. */
    static final long CONT = 1 << 1;

    /** {@code PTE_WRITE}, which is {@code PTE_DBM}. */
    static final long WRITE = 1 << 2;

    /** {@code PTE_RDONLY} is clear: with {@link #WRITE}, {@code pte_hw_dirty}. */
    static final long WRITABLE = 1 << 3;

    /** {@code PTE_DIRTY}, which is software's. */
    static final long DIRTY = 1 << 4;

    /** {@code PTE_AF}: accessed. */
    static final long AF = 1 << 5;

    private static final int PFN_SHIFT = 6;
    private static final long FLAGS = (1 << PFN_SHIFT) - 1;

    /** An invalid entry. */
    public static final Arm64Pte NONE = new Arm64Pte(0);

    /** {@code pfn_pte} of a page that is mapped read-only, old and clean. */
    public static Arm64Pte of(int pfn) {
        return new Arm64Pte((long) pfn << PFN_SHIFT | VALID);
    }

    /** {@code pte_pfn}. */
    public int pfn() {
        return (int) (bits >>> PFN_SHIFT);
    }

    private boolean has(long flag) {
        return (bits & flag) != 0;
    }

    private Arm64Pte with(long flags) {
        return new Arm64Pte(bits | flags);
    }

    private Arm64Pte without(long flags) {
        return new Arm64Pte(bits & ~flags);
    }

    /** {@code pte_valid}. */
    public boolean isValid() {
        return has(VALID);
    }

    /** {@code pte_cont}. */
    public boolean isCont() {
        return has(CONT);
    }

    /** {@code pte_valid_cont}. */
    public boolean isValidCont() {
        return has(VALID) && has(CONT);
    }

    /** {@code pte_write}: it may become writable without a fault where hardware manages dirty state. */
    public boolean isWrite() {
        return has(WRITE);
    }

    /** Whether {@code PTE_RDONLY} is clear: who reads this entry alone may store. */
    public boolean isWritable() {
        return has(WRITABLE);
    }

    /** {@code pte_young}. */
    public boolean isYoung() {
        return has(AF);
    }

    /** {@code pte_dirty}: software's dirty bit or hardware's. */
    public boolean isDirty() {
        return has(DIRTY) || has(WRITE) && has(WRITABLE);
    }

    /** {@code pte_mkdirty}. */
    public Arm64Pte makeDirty() {
        return with(DIRTY | (isWrite() ? WRITABLE : 0));
    }

    /** {@code pte_mkclean}. */
    public Arm64Pte makeClean() {
        return without(DIRTY | WRITABLE);
    }

    /** {@code pte_mkyoung}. */
    public Arm64Pte makeYoung() {
        return with(AF);
    }

    /** {@code pte_mkold}. */
    public Arm64Pte makeOld() {
        return without(AF);
    }

    /** {@code pte_mkwrite}. */
    public Arm64Pte makeWrite() {
        return with(WRITE | (has(DIRTY) ? WRITABLE : 0));
    }

    /** {@code pte_wrprotect}: what hardware knew of dirtiness goes to software's bit. */
    public Arm64Pte wrprotect() {
        return (isDirty() ? makeDirty() : this).without(WRITE | WRITABLE);
    }

    /** {@code pte_mkcont}. */
    public Arm64Pte makeCont() {
        return with(CONT);
    }

    /** {@code pte_mknoncont}. */
    public Arm64Pte makeNonCont() {
        return without(CONT);
    }

    /** {@code pfn_pte(pfn, pte_pgprot(pte))}. */
    public Arm64Pte withPfn(int pfn) {
        return new Arm64Pte(bits & FLAGS | (long) pfn << PFN_SHIFT);
    }

    /** {@code pte_advance_pfn}. */
    public Arm64Pte advance(int pages) {
        return withPfn(pfn() + pages);
    }

    /** The entry with what {@code other} tells of accesses: {@code pte_dirty} and {@code pte_young} are added. */
    Arm64Pte gather(Arm64Pte other) {
        Arm64Pte gathered = other.isDirty() ? makeDirty() : this;
        return other.isYoung() ? gathered.makeYoung() : gathered;
    }

    /** {@code pte_mkold(pte_mkclean(pte))}. */
    Arm64Pte ignoringAccesses() {
        return makeOld().makeClean();
    }

    /** An entry as people read it. */
    static String show(long bits) {
        return new Arm64Pte(bits).toString();
    }

    @Override
    public String toString() {
        if (!isValid()) {
            return "none";
        }
        return "page" + pfn() + (isWrite() ? " rw" : " r") + (isCont() ? " cont" : "") + (isDirty() ? " dirty" : "")
                + (has(DIRTY) && isWrite() && !has(WRITABLE) ? " rdonly" : "") + (isYoung() ? " young" : "");
    }
}
