package racewalk.secondary;

import racewalk.notifier.Interval;

/** A device of the interval notifiers' time: it is told of nothing else. */
public interface IntervalDevice extends DeviceOfItsTime {

    /** {@code mmu_interval_notifier_insert}, before the tasks start. */
    void insert(Interval notifier);
}
