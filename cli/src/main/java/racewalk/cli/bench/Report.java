package racewalk.cli.bench;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the benchmark has measured, and where.
 *
 * @param sections the tables
 * @param load how many threads wanted a processor before, on the average of a minute; negative if unknown
 */
public record Report(List<Section> sections, double load) {

    /** A copy is kept. */
    public Report {
        sections = List.copyOf(sections);
    }

    /** Whether something was not the same that had to be. */
    public boolean differs() {
        return sections.stream().anyMatch(section -> !section.differences().isEmpty());
    }

    /** The machine, without its name. */
    private Map<String, Object> machine() {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpus", (long) runtime.availableProcessors());
        machine.put("load before", load < 0 ? "unknown" : "%.1f".formatted(load));
        machine.put("architecture", System.getProperty("os.arch"));
        machine.put("system", System.getProperty("os.name"));
        machine.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.put("heap", runtime.maxMemory() / 1_000_000 + " MB");
        machine.put("flags", String.join(" ", flags()));
        return machine;
    }

    /** The flags of the JVM: those without a path in them. */
    private static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-X"))
                .filter(flag -> !flag.contains("/"))
                .toList();
    }

    /** The tables for people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        machine().forEach((what, value) -> text.append(what + ": " + value + '\n'));
        text.append("figures: medians of ").append(Stopwatch.RUNS).append(" runs after one that does not count\n");
        sections.forEach(section -> text.append('\n').append(section.text()));
        return text.toString();
    }

    /** The tables for scripts. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("machine", machine());
        json.put("runs", Stopwatch.RUNS);
        json.put("sections", sections.stream().map(Section::json).toList());
        return json;
    }
}
