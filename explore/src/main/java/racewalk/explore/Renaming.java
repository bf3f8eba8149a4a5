package racewalk.explore;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import racewalk.machine.Access;
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

    /**
     * The renamings of {@code model}'s program, which must be closed: the states that one stands for are then all its
     * images, and each of them is looked at.
     */
    static Renaming[] of(Model model) {
        Program program = model.program();
        List<Renaming> renamings = program.symmetries().stream()
                .map(symmetry -> new Renaming(model, symmetry))
                .toList();
        for (Renaming one : renamings) {
            for (Renaming other : renamings) {
                int[] both =
                        Arrays.stream(one.words).map(word -> other.words[word]).toArray();
                other.check(
                        isIdentity(both) || renamings.stream().anyMatch(known -> Arrays.equals(known.words, both)),
                        () -> "after " + one.symmetry.name() + " it comes to a renaming that is not declared");
            }
        }
        return renamings.toArray(Renaming[]::new);
    }

    private static boolean isIdentity(int[] words) {
        return Arrays.equals(words, IntStream.range(0, words.length).toArray());
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

    /**
     * What the renamed operation, at {@code image}, tells where the one at {@code node} has told {@code told}.
     *
     * <p>Options that are renamed may stand in another order there.
     */
    long told(Node node, Node image, long told) {
        if (node.op instanceof Op.ChooseOp(String _, List<String> options)
                && image.op instanceof Op.ChooseOp(String _, List<String> others)) {
            return others.indexOf(symmetry.option(options.get((int) told)));
        }
        boolean isValue = node.kind == Node.Kind.WORD && node.observe == Observe.Kind.OLD;
        return isValue ? value(node.word, told) : told;
    }

    /**
     * Takes {@code other}, the inside of the renamed step of a hardware unit, the way that led to {@code leaf}.
     * Accesses to different words may come in another order, since all of them are one step; those to one word may not.
     *
     * @return where it ends
     */
    Node replay(Node leaf, UnitAutomaton other) {
        Map<Integer, Deque<Node>> accesses = new HashMap<>();
        for (Node at = leaf; at.parent != null; at = at.parent) {
            int word = at.parent.word;
            check(
                    values[word] == null,
                    () -> "a hardware step accesses "
                            + model.machine().words().get(word).name() + ", whose values are renamed");
            accesses.computeIfAbsent(words[word], _ -> new ArrayDeque<>()).push(at);
        }
        Node image = other.start();
        model.reach(image.marks);
        while (image.kind == Node.Kind.WORD) {
            Deque<Node> same = accesses.getOrDefault(image.word, new ArrayDeque<>());
            Node unexpected = image;
            check(!same.isEmpty(), () -> "only one of two hardware steps does " + describe(unexpected));
            Node after = same.pop();
            checkSame(after.parent, image);
            image = other.next(image, after.via);
            model.reach(image.marks);
        }
        accesses.values()
                .forEach(left -> check(
                        left.isEmpty(), () -> "only one of two hardware steps does " + describe(left.peek().parent)));
        checkSame(leaf, image);
        return image;
    }

    /** Checks that {@code image} announces what {@code node} does, renamed. */
    void checkSame(Node node, Node image) {
        boolean same = node.kind == image.kind
                && switch (node.kind) {
                    case WORD -> sameAccess(node, image);
                    case CHOOSE -> sameOptions((Op.ChooseOp) node.op, (Op.ChooseOp) image.op);
                    case LOOP -> ((Op.LoopHead) node.op).what().equals(((Op.LoopHead) image.op).what());
                    case SETTLED -> ((Op.Settled) node.op).locals().equals(((Op.Settled) image.op).locals());
                    case RESPOND -> node.op.equals(image.op);
                    case BROKEN -> ((Op.Broken) node.op).property().equals(((Op.Broken) image.op).property());
                    case UNIT, OUT_OF_SCOPE, DONE -> true; // what a unit's step does is compared access by access
                };
        check(same, () -> "told the same, one does " + describe(node) + " and the other " + describe(image));
    }

    private static String describe(Node node) {
        return node.op instanceof Op.WordOp(ExploredWord word, Access access)
                        && access.change().kind() != Change.Kind.KEEP
                ? Describe.op(node.op) + " by " + word.show(access.change().operand())
                : Describe.op(node.op);
    }

    private boolean sameOptions(Op.ChooseOp choose, Op.ChooseOp image) {
        List<String> renamed = choose.options().stream().map(symmetry::option).toList();
        return Set.copyOf(renamed).equals(Set.copyOf(image.options()))
                && renamed.size() == image.options().size();
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
                open == otherOpen && renamed.applyAsLong(now) == otherNow && told(node, image, told) == otherTold,
                () -> describe(node) + " where " + describe(node.word, old) + " and " + describe(image) + " where "
                        + describe(image.word, other) + " are not the same");
    }

    private void check(boolean holds, Supplier<String> why) {
        if (!holds) {
            throw new BrokenSymmetryException(symmetry.name(), why.get());
        }
    }
}
