package racewalk.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the design run one way. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(Stream.of("model", "specs", "explore", "junit", "lincheck", "stress", "cli")
                    .map(module -> Path.of("..", module, "target", "classes"))
                    .toList());

    /** A package, and those of the project that it may use. */
    private record Arrow(String from, List<String> to) {

        static Arrow of(String from, String... to) {
            return new Arrow(from, List.of(to));
        }

        ArchRule rule() {
            String[] forbidden = Stream.of(
                            "machine",
                            "mm",
                            "notifier",
                            "secondary",
                            "migrate",
                            "walk",
                            "hmm",
                            "contpte",
                            "specs",
                            "explore",
                            "junit",
                            "lincheck",
                            "stress",
                            "cli")
                    .filter(name -> !name.equals(from) && !to.contains(name))
                    .map(name -> "racewalk." + name + "..")
                    .toArray(String[]::new);
            return noClasses()
                    .that()
                    .resideInAPackage("racewalk." + from + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden);
        }
    }

    private static final List<Arrow> ARROWS = List.of(
            Arrow.of("machine"),
            Arrow.of("mm", "machine"),
            Arrow.of("notifier", "machine", "mm"),
            Arrow.of("secondary", "machine", "mm", "notifier", "migrate"),
            Arrow.of("migrate", "machine", "mm"),
            Arrow.of("walk", "machine"),
            Arrow.of("hmm", "machine", "mm", "notifier", "secondary", "walk"),
            Arrow.of("contpte", "machine", "mm"),
            Arrow.of("specs", "machine", "mm", "notifier", "secondary", "migrate", "walk", "hmm", "contpte"),
            Arrow.of("explore", "machine"),
            Arrow.of("junit", "machine", "explore"),
            Arrow.of("lincheck", "machine", "mm", "notifier", "secondary", "specs"),
            Arrow.of("stress", "machine", "mm", "notifier", "secondary", "specs", "explore"),
            Arrow.of("cli", "machine", "mm", "notifier", "secondary", "migrate", "walk", "hmm", "specs", "explore"));

    @Test
    void arrowsRunOneWay() {
        ARROWS.forEach(arrow -> arrow.rule().check(CLASSES));
    }

    @Test
    void everyPackageHasItsArrow() {
        CLASSES.stream()
                .map(type -> type.getPackageName().split("\\.")[1])
                .distinct()
                .forEach(name -> assertTrue(ARROWS.stream().anyMatch(arrow -> arrow.from.equals(name)), name));
    }

    @Test
    void arrowThatRunsTheOtherWayIsNoticed() {
        assertThrows(AssertionError.class, () -> Arrow.of("mm").rule().check(CLASSES));
    }

    @Test
    void everyModuleIsThere() {
        for (String module : List.of("model", "specs", "explore", "junit", "lincheck", "stress", "cli")) {
            assertTrue(Files.exists(Path.of("..", module, "pom.xml")), module);
        }
    }
}
