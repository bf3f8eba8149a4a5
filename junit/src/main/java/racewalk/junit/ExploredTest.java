package racewalk.junit;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import racewalk.explore.Budget;
import racewalk.explore.Schedule;
import racewalk.machine.Machine;

/** One test: instead of calling the method once it explores the program that the method builds. */
final class ExploredTest implements TestTemplateInvocationContext, ParameterResolver, InvocationInterceptor {

    private final Explore explore;

    ExploredTest(Explore explore) {
        this.explore = explore;
    }

    /** What is known before: JUnit fixes the name when the test starts, so the verdict goes into the report. */
    @Override
    public String getDisplayName(int invocationIndex) {
        if (!explore.replay().isEmpty()) {
            return "replay " + explore.replay();
        }
        String tasks = explore.tasks() == Explore.NOT_STATED ? "" : Verdict.counted(explore.tasks(), "task") + ", ";
        return tasks + "strategy " + explore.strategy().name().toLowerCase(Locale.ROOT) + ", within "
                + explore.budget();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Machine.class || type == Tasks.class;
    }

    /** A place that {@link TestProgram} fills for each machine. */
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return null;
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) {
        invocation.skip();
        TestProgram program = new TestProgram(
                method.getExecutable(),
                method.getTarget().orElse(null),
                method.getArguments().toArray(),
                explore.tasks());
        Verdict verdict = verdict(program);
        context.publishReportEntry(Explore.REPORT, verdict.line());
        verdict.settle();
    }

    private Verdict verdict(TestProgram program) {
        Duration time = read("budget", explore.budget(), Budget::parseTime);
        if (explore.replay().isEmpty()) {
            return new Judge(program, explore.strategy(), Budget.of(time)).explored();
        }
        return Judge.replayed(program, read("replay", explore.replay(), Schedule::parse));
    }

    private static <T> T read(String attribute, String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException("@Explore(" + attribute + "): " + e.getMessage(), e);
        }
    }
}
