package racewalk.specs;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A node of a YAML file that knows its place, so that whatever is wrong with it can be said with line and column. */
final class YamlNode {

    private final Path file;
    private final Node node;

    private YamlNode(Path file, Node node) {
        this.file = file;
        this.node = node;
    }

    /**
     * Reads a file.
     *
     * @throws MalformedFileException if it cannot be read or is not YAML
     */
    static YamlNode read(Path file) {
        if (Files.isDirectory(file)) {
            throw new MalformedFileException(file, "is a directory; name a YAML file in it");
        }
        try {
            String text = Files.readString(file);
            LoadSettings settings =
                    LoadSettings.builder().setAllowDuplicateKeys(false).build();
            Node root = new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new MalformedFileException(file, 1, 1, "the file is empty"));
            return new YamlNode(file, root);
        } catch (NoSuchFileException e) {
            throw new MalformedFileException(file, "there is no such file");
        } catch (CharacterCodingException e) {
            throw new MalformedFileException(file, "is not UTF-8 text");
        } catch (IOException e) {
            throw new MalformedFileException(file, "cannot be read: " + e.getMessage());
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElseThrow(() -> new MalformedFileException(file, e.getMessage()));
            throw new MalformedFileException(
                    file, mark.getLine() + 1, mark.getColumn() + 1, "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new MalformedFileException(file, "not YAML: " + e.getMessage());
        }
    }

    /** What is wrong here, as an exception to throw. */
    MalformedFileException malformed(String message) {
        Mark mark = node.getStartMark().orElseThrow();
        return new MalformedFileException(file, mark.getLine() + 1, mark.getColumn() + 1, message);
    }

    /** The file that the node is in. */
    Path file() {
        return file;
    }

    /** The entries of a mapping that may have any keys, in order. */
    Map<YamlNode, YamlNode> entries(String expected) {
        if (!(node instanceof MappingNode mapping)) {
            throw malformed("expected " + expected + ", as \"key: value\" lines");
        }
        Map<YamlNode, YamlNode> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            entries.put(new YamlNode(file, tuple.getKeyNode()), new YamlNode(file, tuple.getValueNode()));
        }
        return entries;
    }

    /** A mapping with known keys only. */
    Fields fields(String what, Set<String> known) {
        Map<String, YamlNode> fields = new LinkedHashMap<>();
        entries(what).forEach((key, value) -> {
            String name = key.text("a key of " + what);
            if (!known.contains(name)) {
                throw key.malformed("unknown key '" + name + "' in " + what + "; known are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
            if (fields.put(name, value) != null) {
                throw key.malformed("the key '" + name + "' stands twice in " + what);
            }
        });
        return new Fields(this, what, fields);
    }

    /** The keys of a mapping. */
    record Fields(YamlNode node, String what, Map<String, YamlNode> fields) {

        YamlNode require(String key) {
            YamlNode value = fields.get(key);
            if (value == null) {
                throw node.malformed(what + " needs the key '" + key + "'");
            }
            return value;
        }

        Optional<YamlNode> optional(String key) {
            return Optional.ofNullable(fields.get(key));
        }
    }

    /** The elements of a list, or the node itself if it is none. */
    List<YamlNode> elements() {
        return node instanceof SequenceNode ? list("a list") : List.of(this);
    }

    /** The elements of a list; a single scalar stands for a list of one. */
    List<YamlNode> list(String expected) {
        if (node instanceof ScalarNode) {
            return List.of(this);
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw malformed("expected " + expected + ", as a list");
        }
        List<YamlNode> elements = new ArrayList<>();
        sequence.getValue().forEach(element -> elements.add(new YamlNode(file, element)));
        return elements;
    }

    /** A scalar as text, not empty. */
    String text(String expected) {
        if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
            throw malformed("expected " + expected);
        }
        return scalar.getValue().strip();
    }

    /** A whole number from {@code low} to {@code high}. */
    int number(String what, int low, int high) {
        String expected = what + ", a whole number from " + low + " to " + high;
        String text = text(expected);
        try {
            int number = Integer.parseInt(text);
            if (number >= low && number <= high) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw malformed("expected " + expected + ", not '" + text + "'");
    }

    /** A number that is not negative. */
    long count(String what) {
        String text = text(what);
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw malformed("expected " + what + ", a number that is not negative, not '" + text + "'");
    }

    /** True or false. */
    boolean truth(String what) {
        String text = text(what);
        if (!text.equals("true") && !text.equals("false")) {
            throw malformed("expected " + what + ", true or false, not '" + text + "'");
        }
        return text.equals("true");
    }

    /** The constant of an enum by its name. */
    <E extends Enum<E>> E constant(Class<E> type, String what) {
        String text = text(what);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw malformed("expected " + what + ", one of " + List.of(type.getEnumConstants()) + ", not '" + text + "'");
    }
}
