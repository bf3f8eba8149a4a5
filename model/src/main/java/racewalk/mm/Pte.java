package racewalk.mm;

import java.util.StringJoiner;

/**
 * One page-table entry, as a value: what a PTE word holds, and what a TLB caches of it.
 *
 * <p>Bit 0 present, 1 writable, 2 dirty, 3 {@code _PAGE_PROTNONE}, 4 accessed, which is only used where pages are aged
 * ({@link AddressSpace#aging}), 5 soft-dirty, which is only used where pages migrate; from bit 12 the page frame
 * number. As on x86, an entry of a {@code PROT_NONE} mapping counts as present for the kernel ({@code pte_present})
 * and not for the hardware.
 *
 * <p>An entry that is neither none nor present looks like one of swap, and bit 6 says what it is instead: a migration
 * entry, which stands where the page is on its way to another frame. Its bits 1, 2, 4 and 5 say what the entry was that
 * it replaced, and bit 7, since 2022, that the page was exclusive to it ({@link Page#ANON_EXCLUSIVE}).
 *
 * <p>Bit 8 says that it is a device-private entry: the page is in a device's memory, where no CPU reaches it, and bit 1
 * says whether it may be written to. Bit 9 says that it is a device-exclusive entry: only a device uses the page, which
 * stays where it is. Both count as a mapping of the page and have a reference on it.
 *
 * @param bits the word
 */
public record Pte(long bits) {

    private static final long PRESENT = 1;
    static final long WRITE = 1 << 1;
    private static final long DIRTY = 1 << 2;
    private static final long PROT_NONE = 1 << 3;
    /** {@code _PAGE_ACCESSED}, {@code PT_ACCESSED_MASK}. */
    public static final long ACCESSED = 1 << 4;

    /** {@code _PAGE_SOFT_DIRTY}, {@code _PAGE_SWP_SOFT_DIRTY}. */
    private static final long SOFT_DIRTY = 1 << 5;

    /** {@code swp_type}: {@code SWP_MIGRATION_READ} or, with {@link #WRITE}, {@code SWP_MIGRATION_WRITE}. */
    private static final long MIGRATION = 1 << 6;

    /** {@code SWP_MIGRATION_READ_EXCLUSIVE}, and every {@code SWP_MIGRATION_WRITE} since there is the former. */
    private static final long EXCLUSIVE = 1 << 7;

    /** {@code swp_type}: {@code SWP_DEVICE_READ} or, with {@link #WRITE}, {@code SWP_DEVICE_WRITE}. */
    private static final long DEVICE_PRIVATE = 1 << 8;

    /** {@code swp_type}: {@code SWP_DEVICE_EXCLUSIVE}. */
    private static final long DEVICE_EXCLUSIVE = 1 << 9;

    private static final int PFN_SHIFT = 12;

    /** {@code pte_none}. */
    public static final Pte NONE = new Pte(0);

    /** {@code mk_pte}: present, clean and read-only. */
    public static Pte make(Page page) {
        return new Pte(((long) page.pfn() << PFN_SHIFT) | PRESENT);
    }

    /** {@code swp_entry_to_pte(make_migration_entry(page, write))}. */
    public static Pte makeMigrationEntry(Page page, boolean write) {
        return new Pte(((long) page.pfn() << PFN_SHIFT) | MIGRATION | (write ? WRITE : 0));
    }

    /** {@code is_migration_entry(pte_to_swp_entry(pte))}, of an entry that is neither none nor present. */
    public boolean isMigrationEntry() {
        return (bits & MIGRATION) != 0;
    }

    /** {@code make_migration_entry_read}. */
    public Pte makeMigrationEntryRead() {
        return new Pte(bits & ~WRITE);
    }

    /** {@code make_readable_exclusive_migration_entry}, or a writable one of an exclusive page. */
    public Pte makeExclusive() {
        return new Pte(bits | EXCLUSIVE);
    }

    /** {@code !is_readable_migration_entry(entry)}, since 2022. */
    public boolean isExclusive() {
        return (bits & EXCLUSIVE) != 0;
    }

    /** {@code make_readable_migration_entry} of what was perhaps exclusive. */
    public Pte makeMigrationEntryShared() {
        return new Pte(bits & ~(WRITE | EXCLUSIVE));
    }

    /** {@code make_writable_device_private_entry}, {@code make_readable_device_private_entry}. */
    public static Pte makeDevicePrivateEntry(Page page, boolean write) {
        return new Pte(((long) page.pfn() << PFN_SHIFT) | DEVICE_PRIVATE | (write ? WRITE : 0));
    }

    /** {@code softleaf_is_device_private}, of an entry that is neither none nor present. */
    public boolean isDevicePrivate() {
        return (bits & DEVICE_PRIVATE) != 0;
    }

    /** {@code make_device_exclusive_entry}. */
    public static Pte makeDeviceExclusiveEntry(Page page) {
        return new Pte(((long) page.pfn() << PFN_SHIFT) | DEVICE_EXCLUSIVE);
    }

    /** {@code softleaf_is_device_exclusive}, of an entry that is neither none nor present. */
    public boolean isDeviceExclusive() {
        return (bits & DEVICE_EXCLUSIVE) != 0;
    }

    /** Whether the entry has a reference on a page and counts as a mapping of it. */
    public boolean isMapping() {
        return isPresent() || isDevicePrivate() || isDeviceExclusive();
    }

    /**
     * What the device that has the page may do through the entry, as a present one; any other as it is. A page that a
     * device has exclusively it may write to.
     */
    public Pte asSeenByDevice() {
        if (isDeviceExclusive()) {
            return new Pte(bits & -1L << PFN_SHIFT | PRESENT | WRITE);
        }
        return isDevicePrivate() ? new Pte(bits & (-1L << PFN_SHIFT | WRITE) | PRESENT) : this;
    }

    /** {@code pte_soft_dirty}, {@code pte_swp_soft_dirty}. */
    public boolean isSoftDirty() {
        return (bits & SOFT_DIRTY) != 0;
    }

    /** {@code pte_mksoft_dirty}, {@code pte_swp_mksoft_dirty}. */
    public Pte makeSoftDirty() {
        return new Pte(bits | SOFT_DIRTY);
    }

    /** {@code pte_none}. */
    public boolean isNone() {
        return bits == 0;
    }

    /** {@code pte_present}: maps a page, perhaps without allowing anything. */
    public boolean isPresent() {
        return (bits & (PRESENT | PROT_NONE)) != 0;
    }

    /** {@code pte_write}, {@code is_write_migration_entry}. */
    public boolean isWritable() {
        return (bits & WRITE) != 0;
    }

    /** {@code pte_dirty}. */
    public boolean isDirty() {
        return (bits & DIRTY) != 0;
    }

    /** {@code pte_young}. */
    public boolean isYoung() {
        return (bits & ACCESSED) != 0;
    }

    /** {@code pte_mkyoung}. */
    public Pte makeYoung() {
        return new Pte(bits | ACCESSED);
    }

    /** {@code pte_mkold}. */
    public Pte makeOld() {
        return new Pte(bits & ~ACCESSED);
    }

    /** {@code pte_pfn}. */
    public int pfn() {
        return (int) (bits >>> PFN_SHIFT);
    }

    /** {@code pte_mkwrite}. */
    public Pte makeWritable() {
        return new Pte(bits | WRITE);
    }

    /** {@code pte_wrprotect}. */
    public Pte writeProtect() {
        return new Pte(bits & ~WRITE);
    }

    /**
     * {@code pte_modify} with the page protection of a private mapping: never writable, because the first write must
     * fault for copy-on-write.
     */
    public Pte modify(Protection protection) {
        long mapping = bits & ~(PRESENT | WRITE | PROT_NONE);
        return new Pte(mapping | (protection == Protection.NONE ? PROT_NONE : PRESENT));
    }

    /** {@code pte_mkdirty}. */
    public Pte makeDirty() {
        return new Pte(bits | DIRTY);
    }

    /** {@code pte_mkclean}, which leaves the soft-dirty bit. */
    public Pte makeClean() {
        return new Pte(bits & ~DIRTY);
    }

    /** Whether the hardware allows the access through this entry. */
    public boolean permits(boolean write) {
        return (bits & PRESENT) != 0 && (!write || isWritable());
    }

    /** Whether this entry, as a cached translation, allows anything that {@code other} does not. */
    public boolean isWiderThan(Pte other) {
        return permits(false)
                && (!other.permits(false) || pfn() != other.pfn() || (isWritable() && !other.isWritable()));
    }

    /** The text of a word that holds an entry. */
    public static String show(long bits) {
        return new Pte(bits).toString();
    }

    @Override
    public String toString() {
        if (isNone()) {
            return "none";
        }
        StringJoiner text = new StringJoiner(" ");
        text.add("page" + pfn());
        if (isMigrationEntry()) {
            text.add("migrating");
        }
        if (isDevicePrivate()) {
            text.add("device-private");
        }
        if (isDeviceExclusive()) {
            return text.add("device-exclusive" + (isSoftDirty() ? " soft-dirty" : ""))
                    .toString();
        }
        text.add(isMigrationEntry() || isDevicePrivate() || permits(false) ? isWritable() ? "rw" : "ro" : "protnone");
        if (isDirty()) {
            text.add("dirty");
        }
        if (isYoung()) {
            text.add("young");
        }
        if (isSoftDirty()) {
            text.add("soft-dirty");
        }
        if (isExclusive()) {
            text.add("exclusive");
        }
        return text.toString();
    }
}
