package racewalk.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.explore.TextTable;
import racewalk.machine.BrokenRule;
import racewalk.specs.Design;
import racewalk.specs.Designs;
import racewalk.specs.ExpectedResults;
import racewalk.specs.Invariants;
import racewalk.specs.Linearizability;
import racewalk.specs.Question;
import racewalk.specs.Scenario;
import racewalk.specs.TableSpecification;

/** {@code racewalk list}: what there is. */
@Command(
        name = "list",
        description = "List designs, scenarios, invariants or questions.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {

    /** What can be listed. */
    enum What {
        designs,
        scenarios,
        invariants,
        questions
    }

    @Parameters(paramLabel = "WHAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private What what;

    @Option(names = "--json", description = "Print an array as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        List<Map<String, Object>> items = items();
        if (json) {
            System.out.println(JsonReport.ofValue(items));
            return ExitCode.AS_EXPECTED;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Map<String, Object> item : items) {
            rows.add(item.values().stream().map(Object::toString).toList());
        }
        System.out.print(TextTable.columns(rows, "  "));
        return ExitCode.AS_EXPECTED;
    }

    private List<Map<String, Object>> items() {
        List<Map<String, Object>> items = new ArrayList<>();
        switch (what) {
            case designs -> {
                for (Design design : Designs.all()) {
                    items.add(item(
                            "kind",
                            design.kind().key(),
                            "id",
                            design.id(),
                            "title",
                            design.about().title()));
                }
            }
            case scenarios -> {
                for (Scenario scenario : Home.find().scenarios()) {
                    items.add(
                            item("id", scenario.id(), "cells", scenario.cells().size(), "title", scenario.title()));
                }
            }
            case invariants -> {
                for (Invariants invariant : Invariants.values()) {
                    items.add(item("name", invariant.title(), "says", invariant.sentence()));
                }
                items.add(item(
                        "name",
                        Linearizability.NAME,
                        "says",
                        "every result is one that flat memory gives in some order of the operations' parts"));
                items.add(item(
                        "name",
                        ExpectedResults.NAME,
                        "says",
                        "every result is one that the scenario expects, where it has 'results'"));
                items.add(item(
                        "name",
                        TableSpecification.NAME,
                        "says",
                        "what a walk sees of an entry of a table is what it was at some time during the walk"));
                for (BrokenRule.Rule rule : BrokenRule.Rule.values()) {
                    items.add(item("name", rule.title(), "says", rule.sentence()));
                }
            }
            case questions -> {
                for (Question question : Home.find().questions()) {
                    items.add(item("id", question.id(), "question", question.text()));
                }
            }
        }
        return items;
    }

    private static Map<String, Object> item(Object... keysAndValues) {
        Map<String, Object> item = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            item.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return item;
    }
}
