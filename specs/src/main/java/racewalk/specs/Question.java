package racewalk.specs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import racewalk.machine.BrokenRule;
import racewalk.specs.Design.Kind;

/**
 * An argument of the threads: who claims what, and which cells settle it. The answer is computed from verdicts, never
 * typed.
 *
 * @param id the name
 * @param text the question
 * @param source where it was argued
 * @param claims what was claimed
 * @param show the cells whose counterexamples explain the answer best
 */
public record Question(String id, String text, String source, List<Claim> claims, List<Evidence> show) {

    /** Copies are kept. */
    public Question {
        claims = List.copyOf(claims);
        show = List.copyOf(show);
    }

    /**
     * One claim: it holds if all evidence is as expected.
     *
     * @param by who claims it
     * @param says what, in one sentence
     * @param evidence what must be so
     */
    public record Claim(String by, String says, List<Evidence> evidence) {

        /** A copy of the list is kept. */
        public Claim {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * The verdict that a claim implies for some cells.
     *
     * @param scenarios patterns of scenarios' ids
     * @param cells the cells
     * @param property the property that the verdict is about; null for all of them
     * @param verdict the verdict
     */
    public record Evidence(List<String> scenarios, CellPattern cells, String property, Verdict verdict) {

        /** A copy of the list is kept. */
        public Evidence {
            scenarios = List.copyOf(scenarios);
        }

        /** Whether this is about a cell. */
        public boolean isAbout(Entry entry) {
            return isAbout(entry.scenario(), entry.designs());
        }

        private boolean isAbout(String scenario, Map<Kind, String> designs) {
            return scenarios.stream().anyMatch(pattern -> CellPattern.matches(pattern, scenario))
                    && cells.matches(designs);
        }

        /** The verdict of a cell on what this is about. */
        public Verdict found(Entry entry) {
            if (property == null) {
                return entry.verdict();
            }
            Boolean holds = entry.holds(property);
            return holds == null ? Verdict.UNKNOWN : holds ? Verdict.PROVED : Verdict.REFUTED;
        }
    }

    /** What came out about a claim. */
    public enum Answer {
        /** All evidence is as the claim has it. */
        HOLDS,
        /** Some cell contradicts it. */
        DOES_NOT_HOLD,
        /** No cell contradicts it, but some is not known. */
        OPEN
    }

    /**
     * The answer about one claim.
     *
     * @param claim the claim
     * @param answer what came out
     * @param supporting the cells that are as it has them
     * @param contradicting the cells that are not
     */
    public record Settled(Claim claim, Answer answer, List<Entry> supporting, List<Entry> contradicting) {}

    /** Whether some claim is about a cell of {@code scenario}. */
    public boolean isAbout(Scenario scenario) {
        return claims.stream()
                .flatMap(claim -> claim.evidence.stream())
                .anyMatch(evidence ->
                        scenario.cells().stream().anyMatch(cell -> evidence.isAbout(scenario.id(), cell.ids())));
    }

    /** Settles every claim by the cells that are known. */
    public List<Settled> settle(List<Entry> known) {
        return claims.stream().map(claim -> settle(claim, known)).toList();
    }

    private static Settled settle(Claim claim, List<Entry> known) {
        List<Entry> supporting = new ArrayList<>();
        List<Entry> contradicting = new ArrayList<>();
        boolean open = false;
        for (Evidence evidence : claim.evidence) {
            List<Entry> cells = known.stream().filter(evidence::isAbout).toList();
            open |= cells.isEmpty();
            for (Entry cell : cells) {
                Verdict found = evidence.found(cell);
                if (found == evidence.verdict) {
                    supporting.add(cell);
                } else if (found == Verdict.UNKNOWN) {
                    open = true;
                } else {
                    contradicting.add(cell);
                }
            }
        }
        Answer answer = !contradicting.isEmpty() ? Answer.DOES_NOT_HOLD : open ? Answer.OPEN : Answer.HOLDS;
        return new Settled(claim, answer, supporting, contradicting);
    }

    /**
     * Reads every question of a folder, in the order of their names.
     *
     * @throws MalformedFileException if one is malformed
     */
    public static List<Question> readAll(Path folder) {
        return ScenarioReader.yamlFiles(folder).stream().map(Question::read).toList();
    }

    /**
     * Reads one question.
     *
     * @throws MalformedFileException if it is malformed
     */
    public static Question read(Path file) {
        YamlNode.Fields fields =
                YamlNode.read(file).fields("a question", Set.of("id", "question", "source", "claims", "show"));
        YamlNode idNode = fields.require("id");
        String id = idNode.text("the question's id");
        if (!file.getFileName().toString().equals(id + ".yaml")) {
            throw idNode.malformed("the id '" + id + "' must be the file's name without .yaml");
        }
        List<Claim> claims = new ArrayList<>();
        for (YamlNode node : fields.require("claims").list("the claims")) {
            YamlNode.Fields claim = node.fields("a claim", Set.of("by", "says", "evidence"));
            claims.add(new Claim(
                    claim.require("by").text("who claims it"),
                    claim.require("says").text("what is claimed"),
                    claim.require("evidence").list("evidence").stream()
                            .map(Question::evidence)
                            .toList()));
        }
        return new Question(
                id,
                fields.require("question").text("the question"),
                fields.require("source").text("where it was argued"),
                claims,
                fields.optional("show")
                        .map(node -> node.list("cells").stream()
                                .map(Question::evidence)
                                .toList())
                        .orElse(List.of()));
    }

    private static Evidence evidence(YamlNode node) {
        YamlNode.Fields fields = node.fields("evidence", CellPattern.keysWith("scenario", "property", "verdict"));
        return new Evidence(
                fields.require("scenario").list("scenarios' ids").stream()
                        .map(pattern -> pattern.text("a scenario's id, with * for anything"))
                        .toList(),
                CellPattern.of(fields),
                fields.optional("property").map(Question::property).orElse(null),
                fields.require("verdict").constant(Verdict.class, "a verdict"));
    }

    private static String property(YamlNode node) {
        String name = node.text("a property");
        Stream<String> known = Stream.of(
                        Stream.of(Linearizability.NAME, ExpectedResults.NAME, TableSpecification.NAME),
                        Stream.of(Invariants.values()).map(Invariants::title),
                        Stream.of(BrokenRule.Rule.values()).map(BrokenRule.Rule::title))
                .flatMap(names -> names);
        if (known.noneMatch(name::equals)) {
            throw node.malformed("no property is called '" + name + "'; see 'racewalk list invariants'");
        }
        return name;
    }
}
