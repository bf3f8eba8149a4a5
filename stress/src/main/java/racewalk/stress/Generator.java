package racewalk.stress;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.openjdk.jcstress.infra.processors.JCStressTestProcessor;

/**
 * Writes the jcstress tests of cases, with the explorer's tables as their outcomes, and compiles them: then jcstress's
 * own processor adds a runner to each, and the list of them all.
 */
public final class Generator {

    private static final String PACKAGE = "racewalk.stress.generated";

    private final Path sources;
    private final Path classes;
    private final Map<String, String> written = new LinkedHashMap<>();

    /** A generator that writes below {@code folder}, which is made. */
    public Generator(Path folder) throws IOException {
        this.sources = Files.createDirectories(folder.resolve("src"));
        this.classes = Files.createDirectories(folder.resolve("classes"));
    }

    /** Where the compiled tests are. */
    public Path classes() {
        return classes;
    }

    /**
     * Writes the test of a case.
     *
     * @return the name of its class
     * @throws IllegalArgumentException if the table is not complete: nothing would be forbidden
     */
    public String write(Case of, OutcomeTable table) throws IOException {
        if (!table.isComplete()) {
            throw new IllegalArgumentException("the outcomes of " + of + " are not all known: " + table.limit());
        }
        String simpleName = "Cell" + written.size() + "_" + of.toString().replaceAll("[^A-Za-z0-9]+", "_");
        Path file = sources.resolve(PACKAGE.replace('.', '/')).resolve(simpleName + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source(simpleName, of, table));
        written.put(PACKAGE + "." + simpleName, file.toString());
        return PACKAGE + "." + simpleName;
    }

    /** The source of the test. */
    static String source(String simpleName, Case of, OutcomeTable table) {
        StringBuilder text = new StringBuilder();
        text.append("package ").append(PACKAGE).append(";\n\n");
        for (String type : List.of("Actor", "Arbiter", "Expect", "JCStressTest", "Outcome", "State")) {
            text.append("import org.openjdk.jcstress.annotations.").append(type).append(";\n");
        }
        text.append("import org.openjdk.jcstress.infra.results.L_Result;\n\n");
        text.append("/** ").append(of).append(". */\n@JCStressTest\n");
        table.properties().forEach((outcome, property) -> {
            boolean good = property.equals(OutcomeTable.GOOD);
            text.append("@Outcome(id = ").append(literal(Pattern.quote(outcome)));
            text.append(", expect = Expect.").append(good ? "ACCEPTABLE" : "ACCEPTABLE_INTERESTING");
            text.append(", desc = ")
                    .append(literal(good ? "allowed" : property))
                    .append(")\n");
        });
        text.append("@State\npublic class ").append(simpleName).append(" extends racewalk.stress.StressedCell {\n\n");
        text.append("    private static final racewalk.stress.Case CASE = racewalk.stress.Case.of(");
        text.append(literal(of.scenario().file().toAbsolutePath().normalize().toString()));
        text.append(", ").append(of.scenario().scope().cpus());
        text.append(", ").append(of.scenario().scope().operations());
        text.append(", ").append(literal(of.cell().toString())).append(");\n\n");
        text.append("    public ").append(simpleName).append("() {\n        super(CASE);\n    }\n");
        int number = 0;
        for (String actor : of.actors()) {
            text.append("\n    @Actor\n    public void ").append(actor).append("() {\n");
            text.append("        perform(").append(number++).append(");\n    }\n");
        }
        text.append("\n    @Arbiter\n    public void arbiter(L_Result result) {\n");
        text.append("        result.r1 = outcome();\n    }\n}\n");
        return text.toString();
    }

    private static String literal(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * Compiles all that has been written.
     *
     * @throws IllegalStateException if the compiler does not accept it
     */
    public void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = new ArrayList<>(List.of("-d", classes.toString(), "-nowarn", "-proc:full"));
            options.addAll(List.of("-cp", System.getProperty("java.class.path")));
            options.addAll(List.of("-processor", JCStressTestProcessor.class.getName()));
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            options,
                            null,
                            files.getJavaFileObjects(
                                    written.values().stream().map(File::new).toArray(File[]::new)))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("the generated tests do not compile:\n" + messages);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
