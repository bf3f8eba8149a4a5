package racewalk.explore;

import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.BrokenRule;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Task;

/** What a task announces that it will do next. */
sealed interface Op {

    /** Whether {@code other} is the same announcement, as far as a second execution can tell. */
    default boolean matches(Op other) {
        return equals(other);
    }

    /** One access to one word. */
    record WordOp(ExploredWord word, Access access) implements Op {
        @Override
        public boolean matches(Op other) {
            return other instanceof WordOp(ExploredWord otherWord, Access otherAccess)
                    && word.index() == otherWord.index()
                    && access.equals(otherAccess);
        }
    }

    /** One indivisible step of a hardware unit. */
    record UnitOp(String unit, String what, LongSupplier effect) implements Op {
        @Override
        public boolean matches(Op other) {
            return other instanceof UnitOp(String otherUnit, String otherWhat, LongSupplier _)
                    && unit.equals(otherUnit)
                    && what.equals(otherWhat);
        }
    }

    /** A choice of the environment. */
    record ChooseOp(String what, List<String> options) implements Op {}

    /** The head of a loop, reached with these locks held. */
    record LoopHead(String what, List<String> held) implements Op {}

    /** A place where nothing but {@code locals} and the locks tells one history from another. */
    record Settled(String locals, List<String> held) implements Op {}

    /** The operation has returned. */
    record Respond(long result) implements Op {}

    /** The model's code broke a rule on the way to its next step. */
    record Broken(String property, String message) implements Op {

        /** What it means that the code of {@code task} has thrown {@code thrown}. */
        static Broken by(Task task, Throwable thrown) {
            return switch (thrown) {
                case BrokenRule broken -> new Broken(broken.rule().title(), broken.getMessage());
                case AssertionError failed
                when failed.getMessage() != null ->
                    new Broken(Rule.ASSERTION.title(), task + ": " + failed.getMessage());
                case AssertionError failed -> new Broken(Rule.ASSERTION.title(), task + ": " + failed);
                // What the kernel would call an oops: a null or wild pointer in the model's code.
                default -> new Broken(Rule.OOPS.title(), task + ": " + thrown);
            };
        }
    }

    /** The model's code needs more than the scope provides. */
    record OutOfScope(String message) implements Op {}

    /** The task has finished. */
    record Done() implements Op {}
}
