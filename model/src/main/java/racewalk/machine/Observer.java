package racewalk.machine;

/**
 * An automaton over the history of invocations and responses, explored along with the model: a specification that
 * cannot be seen from one state. Its states are immutable; a transition depends on nothing but its arguments.
 *
 * <p>It specifies the order of an operation's response and another's invocation, and no other: two invocations, or two
 * responses, lead to the same state in either order, and a history stays illegal if an operation is made shorter.
 * Engines explore no more than that.
 *
 * @param <S> the states
 */
public interface Observer<S extends Observer.State> {

    /** A state of an observer: equal if its content is. */
    interface State {
        /** A hash of the content, one function for each {@code seed}: equal states have equal hashes. */
        long hash(long seed);
    }

    /** The name under which a violation is reported. */
    String name();

    /** The state before anything is invoked. */
    S initial();

    /** The state after {@code task} has invoked its operation number {@code action}. */
    S invoked(S state, int task, int action);

    /** The state after that operation has returned {@code result}. */
    S responded(S state, int task, int action, long result);

    /** Null while the history is legal, else why it is not, for people. A state that is not legal stays so. */
    String complaint(S state);

    /** The name under which the complaint of {@code state} is reported: another, if it specifies several things. */
    default String property(S state) {
        return name();
    }

    /**
     * Whether the order of an invocation and a response may matter to it. Where it does not, an engine need not tell
     * their orders apart.
     */
    default boolean ordersOperations() {
        return true;
    }

    /** The specification that every history meets. */
    static Observer<?> accepting() {
        record Accepted() implements State {
            @Override
            public long hash(long seed) {
                return 0;
            }
        }
        Accepted only = new Accepted();
        return new Observer<Accepted>() {
            @Override
            public String name() {
                return "Anything";
            }

            @Override
            public Accepted initial() {
                return only;
            }

            @Override
            public Accepted invoked(Accepted state, int task, int action) {
                return only;
            }

            @Override
            public Accepted responded(Accepted state, int task, int action, long result) {
                return only;
            }

            @Override
            public String complaint(Accepted state) {
                return null;
            }

            @Override
            public boolean ordersOperations() {
                return false;
            }
        };
    }
}
