package racewalk.contpte;

import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;

/**
 * A device that shares the process's page table (SVA), behind an SMMU without {@code HTTU}: it sets neither the access
 * flag nor dirty state, and "evaluates each descriptor individually" (Jaroszynski, March 2026). What it may not do is a
 * page request, which the kernel answers by a fault. It keeps no translation [R]: what it had kept would be flushed
 * with the CPUs'.
 */
public final class Smmu {

    private final Machine machine;
    private final LeafTable table;
    private final LargeFolioMm mm;
    private final String device;
    private final HardwareUnit unit;

    /** The SMMU of a device. */
    public Smmu(LeafTable table, LargeFolioMm mm, String device) {
        this.machine = table.machine();
        this.table = table;
        this.mm = mm;
        this.device = device;
        this.unit = machine.unit(device + " SMMU");
    }

    /**
     * A load of a page, or a store of {@code value} to it.
     *
     * @return what was read, 0 of a store, or {@code denied}
     */
    public long access(int page, boolean write, long value, long denied) {
        while (true) {
            machine.loopHead(device + " access " + page); // it may fault for ever
            long told = unit.step(
                    write ? "write(" + page + ", " + value + ")" : "read(" + page + ")",
                    () -> translate(page, write, value));
            if (told != 0) {
                return told - 1;
            }
            if (!mm.handleMmFault(page, write)) {
                return denied;
            }
        }
    }

    /** One more than what was read; 0 is {@code F_ACCESS} or {@code F_PERMISSION}. */
    private long translate(int page, boolean write, long value) {
        Arm64Pte pte = new Arm64Pte(table.entry(page).readOnce());
        if (!pte.isValid() || !pte.isYoung() || write && !pte.isWritable()) {
            return 0;
        }
        if (write) {
            table.frame(pte.pfn()).writeOnce(value);
            return 1;
        }
        return 1 + table.frame(pte.pfn()).readOnce();
    }
}
