package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.Observer;

/** The observer's states, numbered as they are met, and its transitions, each computed once. */
final class ObserverTable {

    /** A state, what it adds to the fingerprint, and the transitions that are known from it. */
    private static final class Known {
        final Observer.State state;
        final String complaint;
        final long low;
        final long high;
        /** Event and result of each transition, and the number of the state after it. */
        long[] events = new long[4];

        long[] results = new long[4];
        int[] next = new int[4];
        int size;

        Known(Observer.State state, String complaint, Fingerprint fingerprint) {
            this.state = state;
            this.complaint = complaint;
            this.low = fingerprint.low(state);
            this.high = fingerprint.high(state);
        }

        int after(long event, long result) {
            for (int i = 0; i < size; i++) {
                if (events[i] == event && results[i] == result) {
                    return next[i];
                }
            }
            return -1;
        }

        void add(long event, long result, int number) {
            if (size == next.length) {
                events = Arrays.copyOf(events, 2 * size);
                results = Arrays.copyOf(results, 2 * size);
                next = Arrays.copyOf(next, 2 * size);
            }
            events[size] = event;
            results[size] = result;
            next[size++] = number;
        }
    }

    private final Typed<?> observer;
    private final Fingerprint fingerprint;
    private final Map<Observer.State, Integer> numbers = new HashMap<>();
    private final List<Known> states = new ArrayList<>();
    private final int initial;

    /** Gives the observer back the type of its states. */
    private record Typed<S extends Observer.State>(Observer<S> observer) {

        S initial() {
            return observer.initial();
        }

        @SuppressWarnings("unchecked") // every state in the table came from this observer
        S invoked(Observer.State state, int task, int action) {
            return observer.invoked((S) state, task, action);
        }

        @SuppressWarnings("unchecked") // as above
        S responded(Observer.State state, int task, int action, long result) {
            return observer.responded((S) state, task, action, result);
        }

        @SuppressWarnings("unchecked") // as above
        String complaint(Observer.State state) {
            return observer.complaint((S) state);
        }

        @SuppressWarnings("unchecked") // as above
        String property(Observer.State state) {
            return observer.property((S) state);
        }
    }

    ObserverTable(Observer<?> observer, Fingerprint fingerprint) {
        this.observer = new Typed<>(observer);
        this.fingerprint = fingerprint;
        this.initial = number(this.observer.initial());
    }

    int initial() {
        return initial;
    }

    int invoked(int state, int task, int action) {
        Known from = states.get(state);
        long event = event(task, action, 0);
        int next = from.after(event, 0);
        if (next < 0) {
            next = number(observer.invoked(from.state, task, action));
            from.add(event, 0, next);
        }
        return next;
    }

    int responded(int state, int task, int action, long result) {
        Known from = states.get(state);
        long event = event(task, action, 1);
        int next = from.after(event, result);
        if (next < 0) {
            next = number(observer.responded(from.state, task, action, result));
            from.add(event, result, next);
        }
        return next;
    }

    private static long event(int task, int action, int responded) {
        return (long) action << 32 | (long) task << 1 | responded;
    }

    Observer.State state(int number) {
        return states.get(number).state;
    }

    String complaint(int state) {
        return states.get(state).complaint;
    }

    /** The name of what a state's complaint is about. */
    String property(int state) {
        return observer.property(states.get(state).state);
    }

    long low(int state) {
        return states.get(state).low;
    }

    long high(int state) {
        return states.get(state).high;
    }

    private int number(Observer.State state) {
        Integer known = numbers.get(state);
        if (known == null) {
            known = states.size();
            states.add(new Known(state, observer.complaint(state), fingerprint));
            numbers.put(state, known);
        }
        return known;
    }
}
