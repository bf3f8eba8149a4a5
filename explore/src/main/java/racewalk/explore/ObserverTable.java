package racewalk.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.Observer;

/** The observer's states, numbered as they are met, and its transitions, each computed once. */
final class ObserverTable {

    private record Key(int state, int task, int action, boolean responded, long result) {}

    private record Content(long low, long high) {}

    private final Typed<?> observer;
    private final Map<Content, Integer> numbers = new HashMap<>();
    private final Map<Key, Integer> transitions = new HashMap<>();
    private final List<Observer.State> states = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final int initial;

    /** Gives the observer back the type of its states. */
    private record Typed<S extends Observer.State>(Observer<S> observer) {

        S initial() {
            return observer.initial();
        }

        @SuppressWarnings("unchecked") // every state in the table came from this observer
        S next(Observer.State state, Key key) {
            S at = (S) state;
            return key.responded
                    ? observer.responded(at, key.task, key.action, key.result)
                    : observer.invoked(at, key.task, key.action);
        }

        @SuppressWarnings("unchecked") // as above
        String complaint(Observer.State state) {
            return observer.complaint((S) state);
        }
    }

    ObserverTable(Observer<?> observer) {
        this.observer = new Typed<>(observer);
        this.initial = number(this.observer.initial());
    }

    int initial() {
        return initial;
    }

    int invoked(int state, int task, int action) {
        return next(new Key(state, task, action, false, 0));
    }

    int responded(int state, int task, int action, long result) {
        return next(new Key(state, task, action, true, result));
    }

    String complaint(int state) {
        return complaints.get(state);
    }

    long low(int state) {
        return states.get(state).low();
    }

    long high(int state) {
        return states.get(state).high();
    }

    private int next(Key key) {
        Integer known = transitions.get(key);
        if (known == null) {
            known = number(observer.next(states.get(key.state), key));
            transitions.put(key, known);
        }
        return known;
    }

    private int number(Observer.State state) {
        Content content = new Content(state.low(), state.high());
        Integer known = numbers.get(content);
        if (known == null) {
            known = states.size();
            states.add(state);
            complaints.add(observer.complaint(state));
            numbers.put(content, known);
        }
        return known;
    }
}
