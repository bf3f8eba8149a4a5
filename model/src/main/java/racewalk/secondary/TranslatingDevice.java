package racewalk.secondary;

import java.util.List;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Page;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Pte;

/**
 * A device with one entry for each page, of its own page table or of its TLB, as its hardware sees it: an access goes
 * through the entry in one step or, if that does not permit it, faults and is tried again. A design says how the fault
 * is served and what drops entries.
 */
public abstract class TranslatingDevice implements NotifiedMmu {

    private static final long MISSED = -2;

    /** The machine of {@link #mm}. */
    protected final Machine machine;

    /** The process whose memory it reaches. */
    protected final AddressSpace mm;

    /** The frames. */
    protected final PhysicalMemory memory;

    /** The hardware. */
    protected final HardwareUnit device;

    /** What the hardware translates by, an entry for each page. */
    protected final Word[] entries;

    /**
     * The device {@code name}, without a valid entry.
     *
     * @param where what the entries are called in traces
     * @param format how they are shown there
     */
    protected TranslatingDevice(String name, AddressSpace mm, String where, Word.Format format) {
        this.machine = mm.machine();
        this.mm = mm;
        this.memory = mm.memory();
        this.device = machine.unit(name);
        this.entries = machine.words(name + "." + where, mm.pageTable().span(), 0, format);
    }

    /** The device's fault: false if the access is an error, true if it shall be tried again. */
    protected abstract boolean fault(int address, boolean write);

    /** What an entry permits. */
    protected Pte translation(long entry) {
        return new Pte(entry);
    }

    /** What a store does besides, in the same step: nothing. */
    protected void storesTo(int address, Page page) {}

    @Override
    public final long read(int address) {
        long value;
        while ((value = device.step("load(" + address + ")", () -> access(address, false, 0))) == MISSED) {
            if (!fault(address, false)) {
                return DENIED;
            }
        }
        return value;
    }

    @Override
    public final long write(int address, long value) {
        while (device.step("store(" + address + ", " + value + ")", () -> access(address, true, value)) == MISSED) {
            if (!fault(address, true)) {
                return DENIED;
            }
        }
        return 0;
    }

    @Override
    public final void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            fault(address, false);
        }
    }

    private long access(int address, boolean write, long value) {
        Pte entry = translation(entries[address].readOnce());
        if (!entry.permits(write)) {
            return MISSED;
        }
        Page page = memory.page(entry.pfn());
        if (!write) {
            return page.content().readOnce();
        }
        storesTo(address, page);
        page.content().writeOnce(value);
        return 0;
    }

    /** Sets an entry, for writing or only for reading. */
    protected final void program(int address, int pfn, boolean write) {
        Pte entry = Pte.make(memory.page(pfn));
        entries[address].writeOnce((write ? entry.makeWritable() : entry).bits());
    }

    @Override
    public final List<Pte> peek(int address) {
        return List.of(translation(entries[address].peek()));
    }

    @Override
    public List<Word> words() {
        return List.of(entries);
    }
}
