package racewalk.secondary;

import java.util.List;
import racewalk.machine.Word;
import racewalk.mm.Pte;

/** A device, or a guest, that reaches a process's memory through translations of its own. */
public interface SecondaryMmu {

    /** The result of an access that the process's memory does not permit. */
    long DENIED = -1;

    /** The device loads from {@code address}: the value, or {@link #DENIED}. */
    long read(int address);

    /** The device stores {@code value} to {@code address}: 0, or {@link #DENIED}. */
    long write(int address, long value);

    /** Establishes translations for reading {@code [start, end)}, page by page, without using them. */
    void prefault(int start, int end);

    /** The VMM deletes the memslots of {@code [start, end)} and makes them again; who has none does nothing. */
    default void reslot(int start, int end) {}

    /** Whether even a read asks for a writable page, so that it may break copy-on-write and replace the page. */
    default boolean readsForWriting() {
        return false;
    }

    /** The translations of {@code address} that the device may use now, for invariants. */
    List<Pte> peek(int address);

    /** How many references the device holds on the page now, for invariants; most hold none. */
    default long peekPins(int pfn) {
        return 0;
    }

    /** Whether the device takes it that nobody else uses the page that it has at {@code address}, for invariants. */
    default boolean peekExclusive(int address) {
        return false;
    }

    /** Whether an entry of the device, or of who keeps account for it, still says that it stored to the page. */
    default boolean peekDirty(int pfn) {
        return false;
    }

    /** What the device could reach, for invariants, by an address that is not mapped for DMA, or null. */
    default String peekUnmapped() {
        return null;
    }

    /** What is mapped for DMA, for invariants, and is no entry's, or null; while nothing is in flight. */
    default String peekLeaked() {
        return null;
    }

    /** Every word that one of the methods for invariants may look at. */
    List<Word> words();
}
