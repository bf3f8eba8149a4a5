package racewalk.secondary;

import racewalk.notifier.Arcangeli;
import racewalk.notifier.ArcangeliV9;
import racewalk.notifier.Emm;
import racewalk.notifier.Lameter;
import racewalk.notifier.MmuNotifierCore;
import racewalk.notifier.Piggin;
import racewalk.notifier.PigginJuly;

/** A secondary MMU that can be registered with any of the notifier designs: it has the callbacks of each. */
public interface NotifiedMmu
        extends SecondaryMmu,
                Arcangeli.Ops,
                Lameter.Ops,
                Piggin.Ops,
                PigginJuly.Ops,
                ArcangeliV9.Ops,
                Emm.Ops,
                MmuNotifierCore.Ops {

    @Override
    default void invalidateRangeStart(int start, int end) {
        invalidateRangeBegin(start, end);
    }

    /** {@code invalidate_page}: the PTE of {@code address} has been cleared; its page is not yet released. */
    @Override
    default void invalidatePage(int address) {
        invalidatePages(address, address + 1);
    }

    @Override
    default void unmap(int address) {
        invalidatePages(address, address + 1);
    }

    @Override
    default void invalidateRange(int start, int end) {
        invalidatePages(start, end);
    }

    /** What its driver does before it registers a notifier: its structure is a new one, {@code kzalloc}. */
    default void beforeRegister() {}

    /** What its driver does before it unregisters the notifier; nothing, if {@code release} or the end does it. */
    default void beforeUnregister() {}

    /** What its driver does when the notifier has been unregistered, before it frees it. */
    default void afterUnregister() {}

    /**
     * {@code age_page}, {@code clear_young}, {@code clear_flush_young}, {@code emm_referenced}: whether the device has
     * accessed {@code address} since it was asked last. One that has not set it is not asked.
     */
    default boolean age(int address) {
        return false;
    }

    @Override
    default boolean agePage(int address) {
        return age(address);
    }

    @Override
    default boolean clearYoung(int address) {
        return age(address);
    }

    @Override
    default boolean clearFlushYoung(int address) {
        return age(address);
    }

    @Override
    default int func(Emm.Operation operation, int start, int end) {
        return switch (operation) {
            case INVALIDATE_START -> {
                invalidateRangeBegin(start, end);
                yield 0;
            }
            case INVALIDATE_END -> {
                invalidateRangeEnd(start, end);
                yield 0;
            }
            case RELEASE -> {
                release();
                yield 0;
            }
            case REFERENCED -> age(start) ? 1 : 0;
        };
    }
}
