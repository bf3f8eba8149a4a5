package racewalk.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import racewalk.explore.Strategy;

/**
 * A test under every interleaving. The method takes a {@link racewalk.machine.Machine} and {@link Tasks}, and builds a
 * program: it makes the shared state on the machine, and says which tasks there are and what must hold. It is called
 * several times and must build the same each time; the tasks' code runs when the search wants it to.
 *
 * <p>The test passes if the program is proved: every state was visited, and none violates anything. It fails as
 * REFUTED, with the shortest run that violates something, or as UNKNOWN if a limit was met before everything was
 * visited. The verdict and the scope are published as the report entry {@value #REPORT}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@TestTemplate
@ExtendWith(ExploreExtension.class)
public @interface Explore {

    /** The key of the report entry that holds the verdict. */
    String REPORT = "racewalk";

    /** The number of tasks that {@link #tasks} stands for if it is not stated. */
    int NOT_STATED = -1;

    /** How many tasks the program has: another number is an error. */
    int tasks() default NOT_STATED;

    /** The time for the search, and again for that of the shortest run: {@code 500ms}, {@code 60s}, {@code 5m}. */
    String budget() default "60s";

    /** How to search. {@link Strategy#RANDOM} never proves, so under it the test cannot pass. */
    Strategy strategy() default Strategy.SLEEP;

    /**
     * A schedule from an earlier failure: this run alone is made, on the real code, and drawn. The test fails if the
     * run violates something, and is aborted if it does not, because that proves nothing.
     */
    String replay() default "";
}
