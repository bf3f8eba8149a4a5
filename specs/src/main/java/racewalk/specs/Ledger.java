package racewalk.specs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import racewalk.specs.Design.Kind;

/**
 * The committed record of verdicts: one file for each scenario, one line for each cell. The gate computes it again and
 * compares; a line changes only by {@code racewalk gate --accept} and a reviewed commit.
 */
public final class Ledger {

    private final Path folder;

    /** The ledger in {@code folder}, which need not exist. */
    public Ledger(Path folder) {
        this.folder = folder;
    }

    /**
     * The lines of a scenario; none if it has no file yet.
     *
     * @throws MalformedFileException if its file is malformed
     */
    public List<Entry> of(String scenario) {
        if (!Files.exists(file(scenario))) {
            return List.of();
        }
        YamlNode.Fields fields = read(scenario);
        YamlNode named = fields.require("scenario");
        if (!named.text("a scenario's id").equals(scenario)) {
            throw named.malformed("expected '" + scenario + "', as the file's name says");
        }
        List<Entry> entries = new ArrayList<>();
        for (YamlNode line : fields.require("cells").list("cells")) {
            entries.add(entry(scenario, line));
        }
        return entries;
    }

    /** The hash of what had computed the lines of a scenario; empty if it is not known. */
    public String tool(String scenario) {
        return Files.exists(file(scenario)) ? hash(read(scenario), "tool") : "";
    }

    private YamlNode.Fields read(String scenario) {
        return YamlNode.read(file(scenario)).fields("a ledger", Set.of("scenario", "tool", "cells"));
    }

    private static String hash(YamlNode.Fields fields, String key) {
        YamlNode node = fields.optional(key).orElse(null);
        if (node == null) {
            return "";
        }
        String expected = "a hash of sixteen hexadecimal digits";
        String hash = node.text(expected);
        if (!hash.matches("[0-9a-f]{16}")) {
            throw node.malformed("expected " + expected + ", not '" + hash + "'");
        }
        return hash;
    }

    /** The line of one cell. */
    public Optional<Entry> find(String scenario, Map<Kind, String> designs) {
        return of(scenario).stream()
                .filter(entry -> entry.designs().equals(designs))
                .findFirst();
    }

    /**
     * Replaces the lines of a scenario: the file is written beside and then moved.
     *
     * @param tool the hash of what has computed them
     */
    public void accept(String scenario, String tool, List<Entry> entries) {
        StringBuilder text =
                new StringBuilder("# Written by 'racewalk gate --accept'. Do not edit: the gate computes it again.\n");
        text.append("scenario: ").append(scenario).append('\n');
        text.append("tool: '").append(tool).append("'\ncells:\n");
        for (Entry entry : entries) {
            text.append("  - ").append(line(entry)).append('\n');
        }
        try {
            AtomicFile.write(file(scenario), text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger cannot be written: " + e.getMessage(), e);
        }
    }

    private Path file(String scenario) {
        return folder.resolve(scenario + ".yaml");
    }

    private static String line(Entry entry) {
        StringJoiner fields = new StringJoiner(", ", "{", "}");
        entry.designs().forEach((kind, id) -> fields.add(kind.key() + ": " + id));
        fields.add("verdict: " + entry.verdict());
        fields.add("exhausted: " + entry.exhausted());
        StringJoiner violated = new StringJoiner(", ", "{", "}");
        entry.violated().forEach((property, preemptions) -> violated.add(property + ": " + preemptions));
        fields.add("violated: " + violated);
        fields.add("states: " + entry.states());
        fields.add("transitions: " + entry.transitions());
        fields.add("executions: " + entry.executions());
        fields.add("depth: " + entry.depth());
        if (!entry.hash().isEmpty()) {
            fields.add("hash: '" + entry.hash() + "'");
        }
        return fields.toString();
    }

    private static Entry entry(String scenario, YamlNode line) {
        YamlNode.Fields fields = line.fields(
                "a cell",
                CellPattern.keysWith(
                        "verdict", "exhausted", "violated", "states", "transitions", "executions", "depth", "hash"));
        Map<Kind, String> designs = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            fields.optional(kind.key()).ifPresent(node -> designs.put(kind, node.text("a design's id")));
        }
        Map<String, Integer> violated = new TreeMap<>();
        fields.require("violated")
                .entries("the violated properties")
                .forEach((property, preemptions) -> violated.put(
                        property.text("a property"), preemptions.number("a number of preemptions", -1, 1_000_000)));
        return new Entry(
                scenario,
                designs,
                fields.require("verdict").constant(Verdict.class, "a verdict"),
                fields.require("exhausted").truth("whether all was visited"),
                violated,
                fields.require("states").count("states"),
                fields.require("transitions").count("transitions"),
                fields.require("executions").count("executions"),
                fields.require("depth").count("depth"),
                hash(fields, "hash"));
    }
}
