package racewalk.explore;

import racewalk.machine.Observer;

/** An observer that accepts everything and forgets nothing of the real-time order of operations. */
final class RealTimeOrder implements Observer<RealTimeOrder.Order> {

    /**
     * What the order of operations was.
     *
     * @param returned the operations that have returned, as bits
     * @param content a hash of their results and, for each operation, of those that had returned when it began
     */
    record Order(long returned, long content) implements State {
        @Override
        public long hash(long seed) {
            return new Fingerprint(seed).low(returned, content);
        }
    }

    private static final int MAX_ACTIONS = 8;

    private static int number(int task, int action) {
        return task * MAX_ACTIONS + action;
    }

    @Override
    public String name() {
        return "Anything";
    }

    @Override
    public Order initial() {
        return new Order(0, 0);
    }

    @Override
    public Order invoked(Order state, int task, int action) {
        long began = Fingerprint.STANDARD.low(number(task, action), state.returned);
        return new Order(state.returned, state.content ^ began);
    }

    @Override
    public Order responded(Order state, int task, int action, long result) {
        int operation = number(task, action);
        long ended = Fingerprint.STANDARD.high(operation, result);
        return new Order(state.returned | 1L << operation, state.content ^ ended);
    }

    @Override
    public String complaint(Order state) {
        return null;
    }
}
