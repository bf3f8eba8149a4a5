package racewalk.junit;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.ReflectionSupport;
import racewalk.machine.Machine;
import racewalk.machine.Program;

/** The program that a test method builds, the same each time. */
final class TestProgram implements Program.Factory {

    private final Method method;
    private final Object target;
    private final Object[] arguments;
    private final int stated;
    /** What the method built first; null before. */
    private Tasks first;

    /** @param stated how many tasks there are to be, or {@link Explore#NOT_STATED} */
    TestProgram(Method method, Object target, Object[] arguments, int stated) {
        this.method = method;
        this.target = target;
        this.arguments = arguments;
        this.stated = stated;
    }

    @Override
    public Program build(Machine machine) {
        NotedMachine noted = new NotedMachine(machine);
        Tasks tasks = new Tasks(machine, noted);
        call(noted, tasks);
        if (first == null) {
            check(tasks);
            first = tasks;
        } else if (!first.shape().equals(tasks.shape())) {
            throw new ExtensionConfigurationException(name() + " builds another program when it is called again: first "
                    + first.shape() + ", then " + tasks.shape() + "; look for a field, a static or the time");
        }
        return tasks.program();
    }

    private void call(Machine machine, Tasks tasks) {
        Object[] filled = arguments.clone();
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < filled.length; i++) {
            if (types[i] == Machine.class) {
                filled[i] = machine;
            } else if (types[i] == Tasks.class) {
                filled[i] = tasks;
            }
        }
        ReflectionSupport.invokeMethod(method, target, filled);
    }

    private void check(Tasks tasks) {
        int there = tasks.names().size();
        if (there == 0) {
            throw new ExtensionConfigurationException(
                    name() + " has no tasks: take a parameter of type Tasks and call task(name, operation)");
        }
        if (stated != Explore.NOT_STATED && stated != there) {
            throw new ExtensionConfigurationException("@Explore(tasks = " + stated + "), but " + name() + " has "
                    + Verdict.counted(there, "task") + ": " + String.join(", ", tasks.names()));
        }
    }

    private String name() {
        return method.getName() + "()";
    }

    /** The tasks' names; none if the method itself broke a rule before it had built anything. */
    List<String> tasks() {
        return first == null ? List.of() : first.names();
    }

    /** The ids of the marks that some run must reach. */
    List<String> required() {
        return first == null ? List.of() : first.required();
    }

    /** What a verdict is about: {@code 2 tasks, 4 operations}. */
    String scope() {
        int operations = first == null ? 0 : first.operations();
        return Verdict.counted(tasks().size(), "task") + ", " + Verdict.counted(operations, "operation");
    }
}
