package racewalk.explore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import racewalk.machine.Observer;

/**
 * An observer that remembers what every operation has returned, beside another observer.
 *
 * @param other the other
 * @param actors how many actors there are
 * @param <S> its states
 */
record Results<S extends Observer.State>(Observer<S> other, int actors) implements Observer<Results.Recorded> {

    /**
     * A state.
     *
     * @param other the other observer's
     * @param results what each actor's operations have returned, in order
     */
    record Recorded(Observer.State other, List<List<Long>> results) implements State {

        @Override
        public long hash(long seed) {
            long hash = other.hash(seed);
            for (List<Long> ofActor : results) {
                hash = mix(hash + ofActor.size() * (seed | 1));
                for (long result : ofActor) {
                    hash = mix(hash + result * (seed | 1));
                }
            }
            return hash;
        }

        /** The finalizer of SplitMix64. */
        private static long mix(long x) {
            long y = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
            y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
            return y ^ y >>> 31;
        }

        Recorded with(Observer.State next) {
            return new Recorded(next, results);
        }

        Recorded with(int task, long result) {
            List<List<Long>> more = new ArrayList<>(results);
            List<Long> ofTask = new ArrayList<>(more.get(task));
            ofTask.add(result);
            more.set(task, ofTask);
            return new Recorded(other, more);
        }
    }

    @Override
    public String name() {
        return other.name();
    }

    @Override
    public Recorded initial() {
        return new Recorded(other.initial(), Collections.nCopies(actors, List.of()));
    }

    @Override
    public Recorded invoked(Recorded state, int task, int action) {
        return state.with(other.invoked(others(state), task, action));
    }

    @Override
    public Recorded responded(Recorded state, int task, int action, long result) {
        return state.with(task, result).with(other.responded(others(state), task, action, result));
    }

    @Override
    public String complaint(Recorded state) {
        return other.complaint(others(state));
    }

    @Override
    public String property(Recorded state) {
        return other.property(others(state));
    }

    @Override
    public boolean ordersOperations() {
        return other.ordersOperations();
    }

    @SuppressWarnings("unchecked") // every state of this observer holds one of the other's
    private S others(Recorded state) {
        return (S) state.other;
    }
}
