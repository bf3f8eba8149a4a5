package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.RwSemaphore;

/**
 * {@code struct mm_struct} of one process, and the CPUs that run its threads. The kernel functions that work on it are
 * classes of their own: {@link Fault}, {@link Unmap}, {@link Mprotect}, {@link GetUserPages}, {@link Fork}.
 */
public final class AddressSpace {

    private final Machine machine;
    private final String name;
    private final PhysicalMemory memory;
    private final PageTable pageTable;
    private final RwSemaphore mmapLock;
    private final Vmas vmas;
    private final List<Cpu> cpus = new ArrayList<>();
    private final int gatherBatch;
    private final AnonVma anonVma;
    private final Rmap rmap;
    private final boolean aging;
    private GupFast gupFast;
    private PageCache pageCache;

    /** The only address space, without VMAs. */
    public AddressSpace(Machine machine, PhysicalMemory memory, int leaves, int pagesPerLeaf, int gatherBatch) {
        this(
                machine,
                memory,
                "",
                leaves,
                pagesPerLeaf,
                gatherBatch,
                PageTable.PtLocks.SPLIT,
                false,
                null,
                false,
                false);
    }

    /**
     * An address space without VMAs.
     *
     * @param prefix of the names in traces, to tell several apart
     * @param leaves how many leaf tables it can have
     * @param pagesPerLeaf how many pages each leaf maps
     * @param gatherBatch after how many pages a zap's gather is full: {@code FREE_PTE_NR}
     * @param locks whether each leaf has its own PT lock
     * @param reclaims whether reclaim may find its pages by an rmap
     * @param rmap that of its family, if pages migrate; else null
     * @param aging whether pages are aged: without it nobody keeps account of accesses
     * @param rmapSleeps whether the lock of the rmap by which reclaim finds pages is one that sleeps
     */
    public AddressSpace(
            Machine machine,
            PhysicalMemory memory,
            String prefix,
            int leaves,
            int pagesPerLeaf,
            int gatherBatch,
            PageTable.PtLocks locks,
            boolean reclaims,
            Rmap rmap,
            boolean aging,
            boolean rmapSleeps) {
        this.machine = machine;
        this.name = prefix + "mm";
        this.memory = memory;
        this.gatherBatch = gatherBatch;
        this.pageTable = new PageTable(machine, memory, prefix, leaves, pagesPerLeaf, locks);
        this.mmapLock = machine.rwSemaphore(LockClass.MMAP_LOCK, prefix + "mmap_lock");
        this.vmas = new Vmas(machine, prefix, mmapLock, pageTable.span());
        this.anonVma = reclaims || aging ? new AnonVma(machine, prefix, pageTable.span(), rmapSleeps) : null;
        this.rmap = rmap;
        this.aging = aging;
    }

    /** Adds a CPU that runs a thread of the process. */
    public Cpu addCpu(String name) {
        Cpu cpu = new Cpu(machine.task(name), new Tlb(machine, memory, pageTable, name, aging));
        cpus.add(cpu);
        if (memory.lru() != null) {
            memory.lru().addCpu(cpu.task());
        }
        if (gupFast != null) {
            gupFast.addCpu(cpu);
        }
        return cpu;
    }

    /** The CPUs that run threads of the process: {@code mm->cpu_vm_mask}. */
    public List<Cpu> cpus() {
        return List.copyOf(cpus);
    }

    /** The machine that everything here was made on. */
    public Machine machine() {
        return machine;
    }

    /** The frames. */
    public PhysicalMemory memory() {
        return memory;
    }

    /** {@code mm->pgd}. */
    public PageTable pageTable() {
        return pageTable;
    }

    /** {@code mm->mmap_sem}. */
    public RwSemaphore mmapLock() {
        return mmapLock;
    }

    /** {@code mm->mm_rb}. */
    public Vmas vmas() {
        return vmas;
    }

    /** Whether pages are aged, and so the hardware and the kernel keep account of accesses. */
    public boolean aging() {
        return aging;
    }

    /** The rmap of the process's family, era 2016; null where pages do not migrate. */
    public Rmap rmap() {
        return rmap;
    }

    /** {@code vma->anon_vma} of every VMA, era 2008; null if nobody walks the rmap. */
    public AnonVma anonVma() {
        return anonVma;
    }

    /** From now on pages are pinned without locks, too, by CPUs that are added later. */
    public void pinsFast(GupFast walks) {
        this.gupFast = walks;
    }

    /** How pages are pinned without locks; null where nobody does. */
    public GupFast gupFast() {
        return gupFast;
    }

    /** Maps a file shared, from address 0 on. */
    public void mapsFile(PageCache file, NotifierSites notifier) {
        this.pageCache = file;
        file.mapBy(this, notifier);
    }

    /** The page cache of the file that it maps; null if it maps none. */
    public PageCache pageCache() {
        return pageCache;
    }

    /** Whether the VMA at {@code address}, if there is one, is a shared mapping of a file. */
    public boolean isOfFile(int address) {
        return pageCache != null && address < pageCache.pages();
    }

    /** {@link Machine#localsAre}, where pages migrate and operations are long. */
    public void localsAre(String locals) {
        if (rmap != null) {
            machine.localsAre(locals);
        }
    }

    /** Frees a leaf table that is unlinked and in no TLB any more. */
    void freeTable(PageTable.Leaf leaf) {
        if (gupFast == null) {
            pageTable.freeLeaf(leaf);
        } else {
            gupFast.freeTable(leaf);
        }
    }

    int gatherBatch() {
        return gatherBatch;
    }

    /** {@code mmap} of private anonymous memory over a hole: no PTE yet. */
    public void mmap(int start, int end, Protection protection) {
        mmapLock.downWrite();
        vmas.set(start, end, protection);
        mmapLock.upWrite();
    }

    @Override
    public String toString() {
        return name;
    }
}
