package racewalk.machine;

/**
 * An automaton over the history of invocations and responses, explored along with the model: a specification that
 * cannot be seen from one state. Its states are immutable; a transition depends on nothing but its arguments.
 *
 * @param <S> the states
 */
public interface Observer<S extends Observer.State> {

    /** A state of an observer, by its content: equal states have equal fingerprints, and by chance no others. */
    interface State {
        /** The low half of a 128-bit hash of the content. */
        long low();

        /** The high half. */
        long high();
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

    /** The specification that every history meets. */
    static Observer<?> accepting() {
        record Accepted(long low, long high) implements State {}
        Accepted only = new Accepted(0, 0);
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
        };
    }
}
