package racewalk.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;
import org.junit.platform.testkit.engine.Events;

/**
 * The one test of a class, run as JUnit runs it.
 *
 * @param name its display name
 * @param status how it ended
 * @param thrown what it threw, or null
 * @param report the verdict that it published, or null
 */
record Ran(String name, TestExecutionResult.Status status, Throwable thrown, String report) {

    static Ran of(Class<?> type) {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute()
                .testEvents();
        Event end = events.finished().list().getFirst();
        TestExecutionResult result = end.getRequiredPayload(TestExecutionResult.class);
        String report = events.list().stream()
                .filter(event -> event.getType() == EventType.REPORTING_ENTRY_PUBLISHED)
                .map(event -> event.getRequiredPayload(ReportEntry.class)
                        .getKeyValuePairs()
                        .get(Explore.REPORT))
                .findFirst()
                .orElse(null);
        return new Ran(
                end.getTestDescriptor().getDisplayName(),
                result.getStatus(),
                result.getThrowable().orElse(null),
                report);
    }

    /** What the test said when it ended, without the times; empty if nothing. */
    String message() {
        return thrown == null ? "" : withoutTimes(thrown.getMessage());
    }

    static String withoutTimes(String text) {
        return text.replaceAll("\\d+\\.\\d s\\b", "TIME");
    }
}
