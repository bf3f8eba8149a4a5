package racewalk.hmm;

import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Word;
import racewalk.mm.PhysicalMemory;

/**
 * What a device may reach by DMA. Its addresses are the numbers of the pages, as where an IOMMU maps them one to one: a
 * page may be mapped more than once, and is reached until it has been unmapped as often.
 */
final class DmaDomain {

    private static final int NO_ADDRESS = -1;
    private static final int COUNT_BITS = 4;
    private static final long COUNT = (1 << COUNT_BITS) - 1;

    private final Machine machine;
    private final PhysicalMemory memory;
    private final String name;
    private final HardwareUnit iommu;
    private final Word mappings;

    /** The domain of the device {@code name}. */
    DmaDomain(Machine machine, PhysicalMemory memory, String name) {
        this.machine = machine;
        this.memory = memory;
        this.name = name;
        this.iommu = machine.unit(name + ".iommu");
        this.mappings = machine.word(name + ".dma", 0, Long::toHexString);
    }

    /** {@code dma_map_page}: the address, which {@link #isMappingError} is to be asked about. */
    int mapPage(int pfn) {
        if (memory.mappingFails(name)) {
            return NO_ADDRESS;
        }
        iommu.step("dma_map_page page" + pfn, () -> {
            mappings.add(1L << COUNT_BITS * pfn);
            return 0;
        });
        return pfn;
    }

    /** {@code dma_mapping_error}. */
    static boolean isMappingError(int address) {
        return address == NO_ADDRESS;
    }

    /** {@code dma_unmap_page}. */
    void unmapPage(int address) {
        long were = iommu.step("dma_unmap_page page" + address, () -> {
            long mapped = mappings.readOnce() >>> COUNT_BITS * address & COUNT;
            if (mapped != 0) {
                mappings.add(-(1L << COUNT_BITS * address));
            }
            return mapped;
        });
        machine.bugOn(were == 0, "dma_unmap_page of page" + address + ", which is not mapped");
    }

    /** How often a page is mapped, for invariants. */
    long peek(int pfn) {
        return mappings.peek() >>> COUNT_BITS * pfn & COUNT;
    }

    /** The word that tells it. */
    Word word() {
        return mappings;
    }
}
