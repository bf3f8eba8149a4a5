package racewalk.cli;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The house rules, read off the source: what a reviewer should not have to say twice. */
final class Tidy {

    /** Where real threads are: the only places of the model that may know them. */
    private static final Set<String> LIVE = Set.of("LiveMachine.java", "Monitor.java");

    private static final int MAX_LINE = 120;

    /** Names that stand for the machine's job, done behind its back. */
    private static final Set<String> FORBIDDEN_NAMES =
            Set.of("Thread", "ThreadLocal", "Random", "ThreadLocalRandom", "SplittableRandom", "Instant", "Clock");

    private static final List<String> FORBIDDEN_IMPORTS =
            List.of("java.util.concurrent", "java.time", "java.util.Random", "java.util.random", "java.lang.invoke");

    private static final Set<String> FORBIDDEN_CALLS =
            Set.of("System.nanoTime", "System.currentTimeMillis", "System.identityHashCode", "Math.random");

    private static final Set<String> MUTABLE_TYPES = Set.of(
            "List", "Map", "Set", "Deque", "ArrayList", "HashMap", "StringBuilder", "AtomicLong", "AtomicInteger");

    private final List<String> complaints = new ArrayList<>();

    private Tidy() {}

    /** What is wrong in the sources below {@code root}; with {@code model} the rules of model code too. */
    static List<String> complaints(Path root, boolean model) {
        Tidy tidy = new Tidy();
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            if (sources.isEmpty()) {
                tidy.complaints.add(root + " has no sources");
            }
            tidy.scan(sources, model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tidy.complaints;
    }

    private void scan(List<Path> sources, boolean model) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    diagnostic -> {},
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(sources));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                Path file = Path.of(unit.getSourceFile().toUri());
                scanLines(file);
                boolean live = LIVE.contains(file.getFileName().toString());
                new Scanner(unit, docs, file, model && !live).scan(unit, null);
            }
        }
    }

    private void scanLines(Path file) throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.length() > MAX_LINE && !line.contains("<tr>")) {
                complaints.add(file.getFileName() + ":" + number + ": longer than " + MAX_LINE + " characters");
            }
        }
    }

    private final class Scanner extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final DocTrees docs;
        private final Path file;
        private final boolean model;

        Scanner(CompilationUnitTree unit, DocTrees docs, Path file, boolean model) {
            this.unit = unit;
            this.docs = docs;
            this.file = file;
            this.model = model;
        }

        private void complain(Tree tree, String what) {
            long line =
                    unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, tree));
            complaints.add(file.getFileName() + ":" + line + ": " + what);
        }

        private boolean hasJavadoc(TreePath path) {
            DocCommentTree comment = docs.getDocCommentTree(path);
            return comment != null && !comment.getFirstSentence().isEmpty();
        }

        @Override
        public Void visitClass(ClassTree type, Void none) {
            boolean isPublic = type.getModifiers().getFlags().contains(Modifier.PUBLIC);
            if (isPublic && !hasJavadoc(getCurrentPath())) {
                complain(type, "public type " + type.getSimpleName() + " without Javadoc");
            }
            return super.visitClass(type, none);
        }

        @Override
        public Void visitMethod(MethodTree method, Void none) {
            Set<Modifier> flags = method.getModifiers().getFlags();
            if (model && flags.contains(Modifier.SYNCHRONIZED)) {
                complain(method, "synchronized in the model");
            }
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            if (flags.contains(Modifier.PUBLIC) && !overrides && !hasJavadoc(getCurrentPath())) {
                complain(method, "public method " + method.getName() + " without Javadoc");
            }
            return super.visitMethod(method, none);
        }

        @Override
        public Void visitVariable(VariableTree variable, Void none) {
            boolean isField = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type
                    && (type.getKind() == Tree.Kind.CLASS || type.getKind() == Tree.Kind.ENUM);
            if (model && isField) {
                checkField(variable, variable.getModifiers().getFlags());
            }
            return super.visitVariable(variable, none);
        }

        private void checkField(VariableTree field, Set<Modifier> flags) {
            boolean isFinal = flags.contains(Modifier.FINAL);
            if (!isFinal && !flags.contains(Modifier.PRIVATE)) {
                complain(field, "mutable field " + field.getName() + " that is not private");
            }
            String type = String.valueOf(field.getType());
            boolean mutable = !isFinal || type.endsWith("[]") || MUTABLE_TYPES.contains(type.replaceAll("<.*", ""));
            if (flags.contains(Modifier.STATIC) && mutable) {
                complain(field, "static field " + field.getName() + " that can change");
            }
        }

        @Override
        public Void visitSynchronized(SynchronizedTree tree, Void none) {
            if (model) {
                complain(tree, "synchronized in the model");
            }
            return super.visitSynchronized(tree, none);
        }

        @Override
        public Void visitImport(ImportTree tree, Void none) {
            String name = tree.getQualifiedIdentifier().toString();
            if (model && FORBIDDEN_IMPORTS.stream().anyMatch(name::startsWith)) {
                complain(tree, "import of " + name + " in the model");
            }
            return null;
        }

        @Override
        public Void visitIdentifier(IdentifierTree tree, Void none) {
            if (model && FORBIDDEN_NAMES.contains(tree.getName().toString())) {
                complain(tree, tree.getName() + " in the model");
            }
            return super.visitIdentifier(tree, none);
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Void none) {
            String name = tree.toString();
            if (model && (FORBIDDEN_CALLS.contains(name) || name.startsWith("java.util.concurrent"))) {
                complain(tree, name + " in the model");
            }
            return super.visitMemberSelect(tree, none);
        }
    }
}
