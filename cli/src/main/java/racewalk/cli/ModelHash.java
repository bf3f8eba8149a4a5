package racewalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import racewalk.machine.Machine;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;

/**
 * A hash of everything that decides what a schedule means: the classes of the model and of the specifications, the
 * scenario.
 */
final class ModelHash {

    private static final int DIGITS = 8;

    /** The classes' part, computed once. */
    private static final class Classes {
        static final byte[] HASH = classes();
    }

    private static final Map<Path, String> BY_SCENARIO = new ConcurrentHashMap<>();

    private ModelHash() {}

    /** Eight hexadecimal digits. */
    static String of(Scenario scenario) {
        return BY_SCENARIO.computeIfAbsent(scenario.file(), ModelHash::hash);
    }

    private static String hash(Path scenario) {
        try {
            MessageDigest digest = sha256();
            digest.update(Classes.HASH);
            digest.update(Files.readAllBytes(scenario));
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] classes() {
        MessageDigest digest = sha256();
        for (Class<?> member : List.of(Machine.class, Rig.class)) {
            try {
                Path code = Path.of(member.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                if (Files.isDirectory(code)) {
                    addClasses(digest, code);
                } else {
                    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + code.toUri()), Map.of())) {
                        addClasses(digest, jar.getPath("/"));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        return digest.digest();
    }

    private static void addClasses(MessageDigest digest, Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> classes = files.filter(file -> file.toString().endsWith(".class"))
                    .sorted((a, b) -> a.toString().compareTo(b.toString()))
                    .toList();
            for (Path file : classes) {
                digest.update(Files.readAllBytes(file));
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
