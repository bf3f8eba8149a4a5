package racewalk.explore;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import racewalk.machine.Change;
import racewalk.machine.Observe;
import racewalk.machine.Program;
import racewalk.machine.Symmetry;

/**
 * A {@link Symmetry} of one model, checked: that the first state stays the same here, that a task and the one it is
 * renamed to announce the same, operation by operation, wherever a local state is met for the first time. Words that
 * name tasks are checked at every access, since what an access makes of them is more than a comparison of operands can
 * tell.
 *
 * <p>So a renamed run is a run, and the renamed states of a set of states that is closed under steps is one too.
 */
final class Renaming {

    private final Symmetry symmetry;
    private final Model model;
    private final int[] tasks;
    private final int[] words;
    private final int[] wordsBack;
    private final LongUnaryOperator[] values;
    private final int[] masks = new int[1 << StateTable.MAX_TASKS];
    private final int[] masksBack = new int[1 << StateTable.MAX_TASKS];

    /** @throws BrokenSymmetryException if it renames words twice, or the first state to another */
    Renaming(Model model, Symmetry symmetry) {
        this.model = model;
        this.symmetry = symmetry;
        int count = model.machine().words().size();
        words = new int[count];
        wordsBack = new int[count];
        values = new LongUnaryOperator[count];
        Arrays.fill(wordsBack, -1);
        for (ExploredWord word : model.machine().words()) {
            int index = word.index();
            words[index] = ((ExploredWord) symmetry.word(word)).index();
            values[index] = symmetry.values(word);
            check(
                    wordsBack[words[index]] < 0,
                    () -> "two words are renamed to "
                            + model.machine().words().get(words[index]).name());
            wordsBack[words[index]] = index;
        }
        tasks = new int[model.tasks()];
        Arrays.setAll(tasks, symmetry::task);
        checkFirstState();
        for (int set = 0; set < masks.length; set++) {
            for (int t = 0; t < StateTable.MAX_TASKS; t++) {
                if ((set & 1 << t) != 0) {
                    masks[set] |= 1 << (t < tasks.length ? tasks[t] : t);
                }
            }
            masksBack[masks[set]] = set;
        }
    }

    /** The renamings of {@code model}'s program. */
    static Renaming[] of(Model model) {
        Program program = model.program();
        List<Symmetry> symmetries = program.symmetries();
        return symmetries.stream()
                .map(symmetry -> new Renaming(model, symmetry))
                .toArray(Renaming[]::new);
    }

    private void checkFirstState() {
        long[] initial = model.initial();
        for (int w = 0; w < initial.length; w++) {
            int word = w;
            check(
                    initial[words[w]] == value(w, initial[w]),
                    () -> describe(word, initial[word]) + " and " + describe(words[word], initial[words[word]])
                            + " at first");
        }
        for (int t = 0; t < tasks.length; t++) {
            check(words[model.inFlight(t)] == model.inFlight(tasks[t]), () -> "words in flight are not renamed");
        }
    }

    private String describe(int word, long value) {
        ExploredWord it = model.machine().words().get(word);
        return it.name() + " is " + it.show(value);
    }

    int task(int task) {
        return tasks[task];
    }

    int word(int word) {
        return words[word];
    }

    /** The word that is renamed to {@code word}. */
    int wordBack(int word) {
        return wordsBack[word];
    }

    /** What a value of {@code word} is renamed to. */
    long value(int word, long value) {
        return values[word] == null ? value : values[word].applyAsLong(value);
    }

    /** A set of tasks, renamed. */
    int mask(int set) {
        return masks[set];
    }

    /** The set of tasks that is renamed to {@code set}. */
    int maskBack(int set) {
        return masksBack[set];
    }

    /** The renamed run. */
    Schedule renamed(Schedule schedule) {
        return new Schedule(schedule.steps().stream()
                .map(choice -> new Schedule.Choice(tasks[choice.task()], choice.way()))
                .toList());
    }

    /** What the renamed operation tells where the one at {@code node} has told {@code told}. */
    long told(Node node, long told) {
        boolean isValue = node.kind == Node.Kind.WORD && node.observe == Observe.Kind.OLD;
        return isValue ? value(node.word, told) : told;
    }

    /** Checks that {@code image} announces what {@code node} does, renamed. */
    void checkSame(Node node, Node image) {
        boolean same = node.kind == image.kind
                && switch (node.kind) {
                    case WORD -> sameAccess(node, image);
                    case CHOOSE -> ((Op.ChooseOp) node.op).options() == ((Op.ChooseOp) image.op).options();
                    case LOOP -> ((Op.LoopHead) node.op).what().equals(((Op.LoopHead) image.op).what());
                    case RESPOND -> node.op.equals(image.op);
                    case BROKEN -> ((Op.Broken) node.op).property().equals(((Op.Broken) image.op).property());
                    case UNIT, OUT_OF_SCOPE, DONE -> true; // what a unit's step does is compared access by access
                };
        check(same, () -> "told the same, one does " + describe(node) + " and the other " + describe(image));
    }

    private String describe(Node node) {
        return node.op instanceof Op.WordOp(ExploredWord word, var _)
                ? Describe.op(node.op) + " " + word.name()
                : Describe.op(node.op);
    }

    private boolean sameAccess(Node node, Node image) {
        boolean sameForm = words[node.word] == image.word
                && node.blocking == image.blocking
                && node.change == image.change
                && node.observe == image.observe
                && (node.freeWord == Node.NO_WORD
                        ? image.freeWord == Node.NO_WORD
                        : words[node.freeWord] == image.freeWord
                                && values[node.freeWord] == null
                                && node.freeBit == image.freeBit);
        return sameForm
                && (values[node.word] != null
                        || node.guardMask == image.guardMask
                                && node.guardValue == image.guardValue
                                && node.guardEqual == image.guardEqual
                                && node.operand == image.operand
                                && node.observeMask == image.observeMask);
    }

    /** Whether accesses to the word are to be checked at each value that they meet. */
    boolean namesTasks(int word) {
        return values[word] != null;
    }

    /**
     * Checks that the accesses at {@code node} and {@code image} make the same, renamed, of a word that holds {@code
     * old}.
     */
    void checkAccess(Node node, Node image, long old) {
        LongUnaryOperator renamed = values[node.word];
        long other = renamed.applyAsLong(old);
        boolean open = node.isOpen(old);
        boolean otherOpen = image.isOpen(other);
        long now = open ? Change.apply(node.change, node.operand, old) : old;
        long otherNow = otherOpen ? Change.apply(image.change, image.operand, other) : other;
        long told = Observe.of(node.observe, node.observeMask, old, now, open);
        long otherTold = Observe.of(image.observe, image.observeMask, other, otherNow, otherOpen);
        check(
                open == otherOpen && renamed.applyAsLong(now) == otherNow && told(node, told) == otherTold,
                () -> describe(node) + " where " + describe(node.word, old) + " and " + describe(image) + " where "
                        + describe(image.word, other) + " are not the same");
    }

    private void check(boolean holds, Supplier<String> why) {
        if (!holds) {
            throw new BrokenSymmetryException(symmetry.name(), why.get());
        }
    }
}
