package racewalk.specs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A refuted cell that other engines than the explorer have found too, and with what effort: what the gate plants, to
 * see that they still do.
 *
 * @param cell the scenario's id and the cell, as reports name it
 * @param found for each engine that has found it the number of runs that it took Lincheck, or how many of jcstress's
 *     samples were bad
 */
public record KnownFault(String cell, Map<String, Long> found) {

    private static final String WRITTEN =
            "# Written by 'racewalk agree --accept'. Do not edit: what other engines find, and how hard.\n";

    /** A copy is kept, in the order of names. */
    public KnownFault {
        found = Map.copyOf(found);
    }

    /**
     * The faults in a file; none if there is no such file.
     *
     * @throws MalformedFileException if it is malformed
     */
    public static List<KnownFault> readAll(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<KnownFault> faults = new ArrayList<>();
        YamlNode.Fields fields = YamlNode.read(file).fields("known faults", Set.of("faults"));
        for (YamlNode node : fields.require("faults").list("known faults")) {
            YamlNode.Fields fault = node.fields("a known fault", Set.of("cell", "found"));
            Map<String, Long> found = new TreeMap<>();
            fault.require("found")
                    .entries("the engines that have found it")
                    .forEach((engine, effort) -> found.put(
                            engine.text("an engine's name"), effort.count("how many runs it took, or were bad")));
            faults.add(new KnownFault(fault.require("cell").text("scenario/mm/notifier/secondary"), found));
        }
        return faults;
    }

    /** Replaces the file: it is written beside and then moved. */
    public static void accept(Path file, List<KnownFault> faults) {
        StringBuilder text = new StringBuilder(WRITTEN).append("faults:\n");
        for (KnownFault fault : faults) {
            text.append("  - {cell: ").append(fault.cell).append(", found: ");
            text.append(new TreeMap<>(fault.found).toString().replace("=", ": "))
                    .append("}\n");
        }
        try {
            AtomicFile.write(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the known faults cannot be written: " + e.getMessage(), e);
        }
    }
}
