package racewalk.secondary;

/** A device of one notifier's time, which it is told by in a way of its own: of other notifiers it hears nothing. */
public interface DeviceOfItsTime extends NotifiedMmu {

    /** Not a callback of its notifier. */
    @Override
    default void invalidatePages(int start, int end) {}

    /** Not a callback of its notifier. */
    @Override
    default void invalidateRangeBegin(int start, int end) {}

    /** Not a callback of its notifier. */
    @Override
    default void invalidateRangeEnd(int start, int end) {}
}
