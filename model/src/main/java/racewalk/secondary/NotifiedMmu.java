package racewalk.secondary;

import racewalk.notifier.Arcangeli;
import racewalk.notifier.Lameter;
import racewalk.notifier.Piggin;
import racewalk.notifier.PigginJuly;

/** A secondary MMU that can be registered with any of the notifier designs: it has the callbacks of each. */
public interface NotifiedMmu extends SecondaryMmu, Arcangeli.Ops, Lameter.Ops, Piggin.Ops, PigginJuly.Ops {}
