package racewalk.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.explore.StepRecord;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as JSON: what scripts read, and what the other reports are made of. */
final class JsonReport {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonReport() {}

    /** An array with one object for each result. */
    static String of(List<CellResult> results) {
        return MAPPER.writeValueAsString(
                results.stream().map(JsonReport::result).toList());
    }

    /** Any value of maps, lists, strings and numbers. */
    static String ofValue(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    private static Map<String, Object> result(CellResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", result.scenario().name());
        Map<String, Object> designs = new LinkedHashMap<>();
        result.cell().ids().forEach((kind, id) -> designs.put(kind.key(), id));
        json.put("designs", designs);
        json.put("verdict", result.verdict().name());
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put("cpus", result.scenario().cpus());
        scope.put(
                "devices", result.scenario().actors().size() - result.scenario().cpus());
        scope.put("operations", result.scenario().operations());
        scope.put("pages", result.scenario().memory().pages());
        json.put("scope", scope);
        json.put("exhausted", result.exhausted());
        json.put("why", result.why());
        CellResult.Violation first =
                result.violations().isEmpty() ? null : result.violations().getFirst();
        json.put("violated", first == null ? null : first.finding().property());
        json.put("preemptions", first == null ? null : first.replay().preemptions());
        json.put("states", result.counts().states());
        json.put("transitions", result.counts().transitions());
        json.put("executions", result.counts().executions());
        json.put("depth", result.counts().depth());
        json.put("seconds", result.seconds());
        json.put("counterexample", first == null ? null : counterexample(result, first));
        json.put("violations", violations(result));
        json.put("marks", result.marks());
        return json;
    }

    private static List<Map<String, Object>> violations(CellResult result) {
        List<Map<String, Object>> violations = new ArrayList<>();
        for (CellResult.Violation violation : result.violations()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("property", violation.finding().property());
            json.put("message", violation.finding().message());
            json.put("preemptions", violation.replay().preemptions());
            json.put("steps", violation.length());
            json.put("id", result.id(violation));
            violations.add(json);
        }
        return violations;
    }

    private static Map<String, Object> counterexample(CellResult result, CellResult.Violation violation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", result.id(violation));
        json.put(
                "steps",
                violation.replay().steps().stream().map(JsonReport::step).toList());
        return json;
    }

    /** One step of a run. */
    static Map<String, Object> step(StepRecord step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cpu", step.cpu());
        json.put("operation", step.operation());
        json.put("function", step.function());
        json.put("file", step.file());
        json.put("line", step.line());
        json.put("object", step.object());
        json.put("action", step.action());
        json.put("value", step.value());
        json.put("result", step.result());
        json.put("held", step.held());
        return json;
    }
}
