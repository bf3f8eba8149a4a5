package racewalk.specs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import racewalk.machine.Symmetry;
import racewalk.machine.Word;
import racewalk.mm.AnonVma;
import racewalk.mm.Vmas;

/**
 * What a scenario's {@link Cycle}s make of a rig: a word is renamed by its name, where it stands for an actor's or for
 * a page's.
 */
final class RigSymmetry implements Symmetry {

    private static final Pattern ACTOR = Pattern.compile("\\b(?:cpu|dev)[0-9]\\b");
    private static final Pattern PAGE = Pattern.compile("\\[([0-9]+)]$");

    /** Who becomes whom: the number of the actor, or of the page, for each. */
    private record Permutation(List<Integer> actors, List<Integer> pages) {

        Permutation then(Permutation next) {
            return new Permutation(
                    actors.stream().map(next.actors::get).toList(),
                    pages.stream().map(next.pages::get).toList());
        }
    }

    private final List<String> names;
    private final Permutation permutation;
    private final Map<String, Word> words;

    private RigSymmetry(List<String> names, Permutation permutation, Map<String, Word> words) {
        this.names = names;
        this.permutation = permutation;
        this.words = words;
    }

    /** Every renaming that the scenario's cycles come to, one after the other, but for the one that renames nothing. */
    static List<Symmetry> of(Scenario scenario, List<Word> made) {
        List<String> names = List.copyOf(scenario.actors().keySet());
        int pages = scenario.memory().pages();
        List<Permutation> generators = scenario.symmetric().stream()
                .map(cycle -> new Permutation(
                        names.stream()
                                .map(name -> names.indexOf(cycle.actor(name)))
                                .toList(),
                        IntStream.range(0, pages).map(cycle::page).boxed().toList()))
                .toList();
        Permutation nothing = new Permutation(
                IntStream.range(0, names.size()).boxed().toList(),
                IntStream.range(0, pages).boxed().toList());
        Set<Permutation> group = new LinkedHashSet<>();
        Deque<Permutation> open = new ArrayDeque<>(generators);
        while (!open.isEmpty()) {
            Permutation next = open.poll();
            if (!next.equals(nothing) && group.add(next)) {
                generators.forEach(generator -> open.add(next.then(generator)));
            }
        }
        Map<String, Word> words = new HashMap<>();
        for (Word word : made) {
            if (words.put(word.name(), word) != null) {
                throw new IllegalStateException("two words are called " + word.name());
            }
        }
        return group.stream()
                .<Symmetry>map(permutation -> new RigSymmetry(names, permutation, words))
                .toList();
    }

    @Override
    public String name() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            if (task(i) != i) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(names.get(i))
                        .append(" as ")
                        .append(names.get(task(i)));
            }
        }
        return text.toString();
    }

    @Override
    public int task(int id) {
        return id < names.size() ? permutation.actors.get(id) : id;
    }

    @Override
    public Word word(Word word) {
        String renamed = option(word.name());
        Matcher index = PAGE.matcher(renamed);
        if (index.find() && Integer.parseInt(index.group(1)) < permutation.pages.size()) {
            String page = index.replaceFirst("[" + permutation.pages.get(Integer.parseInt(index.group(1))) + "]");
            renamed = words.containsKey(page) ? page : renamed;
        }
        return words.getOrDefault(renamed, word);
    }

    @Override
    public String option(String option) {
        return ACTOR.matcher(option).replaceAll(actor -> {
            int number = names.indexOf(actor.group());
            return number < 0 ? actor.group() : names.get(task(number));
        });
    }

    @Override
    public LongUnaryOperator values(Word word) {
        return switch (word.name()) {
            case Vmas.NAME -> tree -> Vmas.renamed(tree, permutation.pages);
            case AnonVma.NAME -> linked -> AnonVma.renamed(linked, permutation.pages);
            default -> word.renaming(this::task);
        };
    }
}
