package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ConstantDescs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import racewalk.specs.Cell;
import racewalk.specs.Designs;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/** The hash of a cell changes with everything that the cell uses, and with nothing else. */
class CellHashTest {

    private static final Pattern LOADED = Pattern.compile("(?m)^(racewalk\\.[\\w.$]+) source:");

    @TempDir
    private Path folder;

    private static Scenario scenario() {
        return new Home(Command.CHECKOUT).scenario("dontneed");
    }

    private static Cell cell(String designs) {
        return CounterexampleId.parse("dontneed/" + designs + "/a1@0").cell();
    }

    private static String hash(String designs) {
        return CellHash.CURRENT.of(scenario(), cell(designs));
    }

    /** The hashes if one class had one field more. */
    private static CellHash ifChanged(String changed) {
        return new CellHash(new ClassClosure(name -> {
            byte[] file = ClassClosure.loaded(name);
            return name.equals(changed) ? withOneMoreField(file) : file;
        }));
    }

    private static byte[] withOneMoreField(byte[] file) {
        return ClassFile.of()
                .transformClass(
                        ClassFile.of().parse(file),
                        ClassTransform.endHandler(end -> end.withField("oneMore", ConstantDescs.CD_int, 0)));
    }

    private static String hashIfChanged(String designs, String changed) {
        return ifChanged(changed).of(scenario(), cell(designs));
    }

    /** What a JVM loads that does nothing but explore the cell; {@link LoadProbe} knows no registry. */
    private Set<String> loaded(String designs) throws IOException, InterruptedException {
        Path output = folder.resolve("loaded.txt");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-Xlog:class+load:file=" + output + ":none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadProbe.class.getName(),
                        designs)
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(child.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, child.exitValue(), said);
        assertTrue(said.contains("states"), said);
        return LOADED.matcher(Files.readString(output))
                .results()
                .map(result -> result.group(1))
                .filter(name -> !name.contains("$$Lambda"))
                .filter(name -> !name.startsWith("racewalk.cli.") && !name.startsWith("racewalk.explore."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linux-2.6.24/arcangeli/kvm-pin",
                "linux-2.6.24/lameter/gru-lockless-rule-active",
                "linux-2.6.24/piggin/gru-follow",
                "linux-2.6.24/none/gru-ptlock"
            })
    void everyClassThatIsLoadedIsInTheClosure(String designs) throws Exception {
        Set<String> loaded = loaded(designs);
        assertTrue(loaded.size() > 40, loaded.toString());
        Set<String> missed = new TreeSet<>(loaded);
        missed.removeAll(CellHash.CURRENT.classes(scenario(), cell(designs)));
        missed.removeAll(CellHash.CURRENT.toolClasses());
        assertEquals(Set.of(), missed);
    }

    /** The fault that the test above is there to find. */
    @Test
    void closureThatDoesNotStartFromTheDesignsMissesThem() throws Exception {
        Set<String> missed = loaded("linux-2.6.24/lameter/gru-lockless");
        missed.removeAll(new ClassClosure(ClassClosure::loaded)
                .of(List.of(Rig.class.getName()), name -> !name.equals(Designs.class.getName())));
        assertTrue(missed.contains("racewalk.secondary.Gru"), missed.toString());
        assertTrue(missed.contains("racewalk.notifier.Lameter"), missed.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "racewalk.secondary.Gru",
                "racewalk.secondary.Gru$Variant",
                "racewalk.notifier.Lameter",
                "racewalk.notifier.NotifierChain",
                "racewalk.mm.Unmap",
                "racewalk.machine.SpinLock",
                "racewalk.specs.Rig",
                "racewalk.specs.Linearizability"
            })
    void changeOfWhatIsUsedChangesTheHash(String used) {
        assertNotEquals(
                hash("linux-2.6.24/lameter/gru-lockless"), hashIfChanged("linux-2.6.24/lameter/gru-lockless", used));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "racewalk.secondary.KvmPin",
                "racewalk.notifier.Piggin",
                "racewalk.notifier.Arcangeli",
                "racewalk.specs.Designs",
                "racewalk.specs.Question",
                "racewalk.machine.LiveMachine",
                "racewalk.explore.World"
            })
    void changeOfWhatIsNotUsedDoesNot(String unused) {
        String designs = "linux-2.6.24/lameter/gru-lockless";
        assertFalse(CellHash.CURRENT.classes(scenario(), cell(designs)).contains(unused));
        assertEquals(hash(designs), hashIfChanged(designs, unused));
    }

    @ParameterizedTest
    @ValueSource(strings = {"racewalk.explore.World", "racewalk.explore.StateTable", "racewalk.cli.Checker"})
    void changeOfTheExplorerChangesTheTool(String part) {
        assertNotEquals(CellHash.CURRENT.tool(), ifChanged(part).tool());
    }

    @ParameterizedTest
    @ValueSource(strings = {"racewalk.cli.TextReport", "racewalk.explore.Diagram", "racewalk.secondary.Gru"})
    void changeOfAReportOrOfADesignDoesNot(String part) {
        assertEquals(CellHash.CURRENT.tool(), ifChanged(part).tool());
    }

    /** Two designs of the registry that are one class are told apart by their values alone. */
    @Test
    void changedVariantOfADesignChangesTheHash() {
        assertEquals(
                CellHash.CURRENT.classes(scenario(), cell("linux-2.6.24/lameter/gru-lockless")),
                CellHash.CURRENT.classes(scenario(), cell("linux-2.6.24/lameter/gru-lockless-rule")));
        assertNotEquals(hash("linux-2.6.24/lameter/gru-lockless"), hash("linux-2.6.24/lameter/gru-lockless-rule"));
        assertNotEquals(hash("linux-2.6.24/piggin/gru-lockless"), hash("linux-2.6.24/piggin-unmap/gru-lockless"));
    }

    @Test
    void changedScenarioChangesTheHashAndOtherExpectationsDoNot() throws IOException {
        String text = Files.readString(Path.of("../specs/scenarios/dontneed.yaml"));
        String designs = "linux-2.6.24/lameter/gru-lockless";
        for (String change : List.of("frames: 4|frames: 5", "store 1 2|store 1 3", "load 1|load 0", "Gru.MISS,|")) {
            String[] fromAndTo = change.split("\\|", -1);
            assertNotEquals(hash(designs), hashOf(text, text.replace(fromAndTo[0], fromAndTo[1]), designs), change);
        }
        for (String change : List.of("title: Device|title: A device", "piggin, |", "# Nothing|# Not one")) {
            String[] fromAndTo = change.split("\\|", -1);
            assertEquals(hash(designs), hashOf(text, text.replace(fromAndTo[0], fromAndTo[1]), designs), change);
        }
    }

    private String hashOf(String text, String changed, String designs) throws IOException {
        assertNotEquals(text, changed);
        Path file = Files.writeString(folder.resolve("dontneed.yaml"), changed);
        return CellHash.CURRENT.of(ScenarioReader.read(file), cell(designs));
    }

    private byte[] compiled(String source) throws IOException {
        Path file = Files.writeString(folder.resolve("Example.java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-g", "-d", folder.toString(), file.toString());
        assertEquals(0, result);
        return Files.readAllBytes(folder.resolve("Example.class"));
    }

    private static String digest(byte[] file) {
        MessageDigest digest = CellHash.sha256();
        new ClassClosure(_ -> file).digest(new TreeSet<>(Set.of("racewalk.Example")), digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void commentsAndLinesAndNamesOfLocalsAreNotHashed() throws IOException {
        String source = "class Example { int f(int a) { int b = a + 1; return b * 2; } }";
        String hash = digest(compiled(source));
        assertEquals(hash, digest(compiled(source)));
        assertEquals(hash, digest(compiled("// A comment.\n\n" + source.replace("; return", ";\nreturn"))));
        assertEquals(hash, digest(compiled(source.replace("b ", "c ").replace("b;", "c;"))));
        assertNotEquals(hash, digest(compiled(source.replace("+ 1", "+ 2"))));
        assertNotEquals(hash, digest(compiled(source.replace("* 2", "/ 2"))));
    }

    @Test
    void everyTwoCellsDiffer() {
        Set<String> hashes = new HashSet<>();
        int cells = 0;
        for (Scenario scenario : ScenarioReader.readAll(Path.of("../specs/scenarios"))) {
            for (Cell cell : scenario.cells()) {
                cells++;
                hashes.add(CellHash.CURRENT.of(scenario, cell));
            }
        }
        assertTrue(cells > 400);
        assertEquals(cells, hashes.size());
    }
}
