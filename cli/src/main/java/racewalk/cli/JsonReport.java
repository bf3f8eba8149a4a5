package racewalk.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.explore.StepRecord;
import racewalk.specs.Design.Kind;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;
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

    /** The same for what the gate has compared; a skipped cell has {@code skipped: true} and its line of the ledger. */
    static String ofCompared(List<Compared> compared) {
        return MAPPER.writeValueAsString(compared.stream()
                .map(cell -> cell.isSkipped() ? skipped(cell.entry()) : result(cell.result()))
                .toList());
    }

    private static Map<String, Object> skipped(Entry line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", line.scenario());
        json.put("designs", designs(line.designs()));
        json.put("verdict", line.verdict().name());
        json.put("skipped", true);
        json.put("exhausted", line.exhausted());
        json.put("states", line.states());
        json.put("transitions", line.transitions());
        json.put("executions", line.executions());
        json.put("depth", line.depth());
        json.put("hash", line.hash());
        return json;
    }

    private static Map<String, Object> designs(Map<Kind, String> ids) {
        Map<String, Object> designs = new LinkedHashMap<>();
        ids.forEach((kind, id) -> designs.put(kind.key(), id));
        return designs;
    }

    /** Any value of maps, lists, strings and numbers. */
    static String ofValue(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    private static Map<String, Object> result(CellResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", result.scenario().name());
        json.put("designs", designs(result.cell().ids()));
        json.put("verdict", result.verdict().name());
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put("cpus", result.scenario().cpus());
        scope.put(
                "devices", result.scenario().actors().size() - result.scenario().cpus());
        scope.put("operations", result.scenario().operations());
        Scenario.Tables tables = result.scenario().tables();
        if (tables == null) {
            scope.put("pages", result.scenario().memory().pages());
        } else {
            scope.put("entries", tables.entries());
        }
        json.put("scope", scope);
        json.put("exhausted", result.exhausted());
        json.put("why", result.why());
        CellResult.Violation first =
                result.violations().isEmpty() ? null : result.violations().getFirst();
        json.put("violated", first == null ? null : first.finding().property());
        json.put("preemptions", first == null ? null : first.preemptions());
        json.put("states", result.counts().states());
        json.put("transitions", result.counts().transitions());
        json.put("executions", result.counts().executions());
        json.put("depth", result.counts().depth());
        json.put("seconds", result.seconds());
        json.put("certificate", certificate(result));
        json.put("counterexample", first == null ? null : counterexample(result, first));
        json.put("violations", violations(result));
        json.put("marks", result.marks());
        return json;
    }

    private static Map<String, Object> certificate(CellResult result) {
        Certificate certificate = result.certificate();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("states", certificate.counts().states());
        json.put("transitions", certificate.counts().transitions());
        json.put("depth", certificate.counts().depth());
        json.put("fingerprintBits", certificate.hasFingerprints() ? Certificate.FINGERPRINT_BITS : null);
        json.put("collisionBound", certificate.hasFingerprints() ? "2^" + certificate.collisionExponent() : null);
        json.put("strategy", StrategyOption.name(certificate.settings().strategy()));
        json.put(
                "symmetry",
                certificate.usesSymmetry() && !result.scenario().symmetric().isEmpty());
        json.put("workers", certificate.settings().workers());
        json.put("salt", certificate.settings().salt());
        json.put("hash", certificate.hash());
        json.put("tool", certificate.tool());
        json.put("version", Certificate.version());
        return json;
    }

    private static List<Map<String, Object>> violations(CellResult result) {
        List<Map<String, Object>> violations = new ArrayList<>();
        for (CellResult.Violation violation : result.violations()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("property", violation.finding().property());
            json.put("message", violation.finding().message());
            json.put("preemptions", violation.preemptions());
            json.put("steps", violation.length());
            json.put("id", result.id(violation));
            violations.add(json);
        }
        return violations;
    }

    private static Map<String, Object> counterexample(CellResult result, CellResult.Violation violation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", result.id(violation));
        json.put("scenario", violation.scenario().name());
        json.put("without", TextReport.dropped(result, violation));
        json.put("preemptions", violation.replay().preemptions());
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
