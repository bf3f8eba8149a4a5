package racewalk.specs;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import racewalk.specs.Design.Kind;

/**
 * Which cells something is about: for each kind a pattern of ids in which {@code *} stands for anything; a kind that is
 * not named matches all.
 *
 * @param patterns the patterns by kind
 */
public record CellPattern(Map<Kind, String> patterns) {

    /** A copy is kept. */
    public CellPattern {
        patterns = Map.copyOf(patterns);
    }

    /** Whether the designs with these ids are meant. */
    public boolean matches(Map<Kind, String> ids) {
        return patterns.entrySet().stream()
                .allMatch(entry -> matches(entry.getValue(), ids.getOrDefault(entry.getKey(), "")));
    }

    /** Whether {@code text} is an instance of {@code pattern}. */
    static boolean matches(String pattern, String text) {
        String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q");
        return text.matches(regex);
    }

    /** The keys of {@code others} and one for each kind. */
    static Set<String> keysWith(String... others) {
        Set<String> keys = new LinkedHashSet<>(Set.of(others));
        for (Kind kind : Kind.values()) {
            keys.add(kind.key());
        }
        return keys;
    }

    /** Reads the kinds' keys among {@code fields}; every pattern must match some registered design. */
    static CellPattern of(YamlNode.Fields fields) {
        Map<Kind, String> patterns = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            fields.optional(kind.key()).ifPresent(node -> {
                String pattern = node.text("the id of a " + kind.key() + ", with * for anything");
                if (Designs.of(kind).stream().noneMatch(design -> matches(pattern, design.id()))) {
                    throw node.malformed(
                            "no " + kind.key() + " is called '" + pattern + "'; see 'racewalk list designs'");
                }
                patterns.put(kind, pattern);
            });
        }
        return new CellPattern(patterns);
    }
}
