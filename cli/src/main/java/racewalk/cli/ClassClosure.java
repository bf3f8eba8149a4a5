package racewalk.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.EnclosingMethodAttribute;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The project's classes that given classes may load, read off the constant pools and descriptors of their class files,
 * and a hash of their code. The hash leaves out line numbers and names of local variables, so that a comment does not
 * change it; it is the same wherever the same sources are compiled and run with the same JDK.
 */
final class ClassClosure {

    private static final Pattern INTERNAL_NAME = Pattern.compile("(?:^|L)(racewalk/[^;<]+)");

    private static final ClassFile BARE = ClassFile.of(
            ClassFile.DebugElementsOption.DROP_DEBUG,
            ClassFile.LineNumbersOption.DROP_LINE_NUMBERS,
            ClassFile.ConstantPoolSharingOption.NEW_POOL);

    /** Who is written inside whom: nothing is loaded nor done because of it. */
    private static final ClassTransform WITHOUT_NESTING = ClassTransform.dropping(element -> switch (element) {
        case InnerClassesAttribute _,
                NestHostAttribute _,
                NestMembersAttribute _,
                EnclosingMethodAttribute _,
                SourceFileAttribute _ -> true;
        default -> false;
    });

    /**
     * A class.
     *
     * @param hash of its code
     * @param uses the names of the classes that it names
     */
    private record Member(byte[] hash, SortedSet<String> uses) {}

    private final Function<String, byte[]> files;
    private final Map<String, Member> members = new ConcurrentHashMap<>();

    /** @param files the class file of a class by its binary name */
    ClassClosure(Function<String, byte[]> files) {
        this.files = files;
    }

    /** The class file that this JVM would load. */
    static byte[] loaded(String name) {
        try (InputStream file =
                ClassClosure.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new IllegalStateException("there is no class file of " + name);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of {@code roots} and of all that they may load, as far as {@code within} goes. */
    SortedSet<String> of(Collection<String> roots, Predicate<String> within) {
        SortedSet<String> closure = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (within.test(name) && closure.add(name)) {
                open.addAll(member(name).uses);
            }
        }
        return closure;
    }

    /** Adds the code of the classes to a hash. */
    void digest(SortedSet<String> names, MessageDigest digest) {
        for (String name : names) {
            digest.update(name.getBytes(CellHash.CHARSET));
            digest.update(member(name).hash);
        }
    }

    private Member member(String name) {
        return members.computeIfAbsent(name, this::read);
    }

    private Member read(String name) {
        byte[] bare = BARE.transformClass(BARE.parse(files.apply(name)), WITHOUT_NESTING);
        return new Member(CellHash.sha256().digest(bare), uses(BARE.parse(bare)));
    }

    private static SortedSet<String> uses(ClassModel model) {
        SortedSet<String> uses = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry type -> add(uses, type.asInternalName());
                case NameAndTypeEntry member -> add(uses, member.type().stringValue());
                case MethodTypeEntry type -> add(uses, type.descriptor().stringValue());
                default -> {}
            }
        }
        model.fields().forEach(field -> add(uses, field.fieldType().stringValue()));
        model.methods().forEach(method -> add(uses, method.methodType().stringValue()));
        return uses;
    }

    /** Adds the classes that an internal name or a descriptor names. */
    private static void add(Set<String> uses, String text) {
        Matcher matcher = INTERNAL_NAME.matcher(text);
        while (matcher.find()) {
            uses.add(matcher.group(1).replace('/', '.'));
        }
    }
}
