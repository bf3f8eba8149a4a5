package racewalk.specs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import racewalk.machine.Task;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.specs.Design.Kind;

/** Reads scenario files; {@code specs/schema/scenario.schema.json} describes them. */
public final class ScenarioReader {

    private static final int MAX_FRAMES = 16;
    private static final int MAX_OPERATIONS = 8;
    /** {@code FREE_PTE_NR} of {@code asm-generic/tlb.h} on SMP. */
    private static final int FREE_PTE_NR = 506;

    private ScenarioReader() {}

    /**
     * Reads every scenario of a folder, in the order of their names.
     *
     * @throws MalformedFileException if one is malformed
     */
    public static List<Scenario> readAll(Path folder) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : yamlFiles(folder)) {
            scenarios.add(read(file));
        }
        return scenarios;
    }

    /** The YAML files of a folder, in the order of their names; none if there is no such folder. */
    static List<Path> yamlFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new MalformedFileException(folder, "there is no such folder");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new MalformedFileException(folder, "cannot be read: " + e.getMessage());
        }
    }

    /**
     * Reads one scenario.
     *
     * @throws MalformedFileException if it is malformed
     */
    public static Scenario read(Path file) {
        YamlNode root = YamlNode.read(file);
        YamlNode.Fields fields = root.fields(
                "a scenario",
                Set.of(
                        "id",
                        "title",
                        "tier",
                        "memory",
                        "table",
                        "processes",
                        "boot",
                        "actors",
                        "symmetric",
                        "designs",
                        "invariants",
                        "results",
                        "reaches",
                        "expect"));
        YamlNode idNode = fields.require("id");
        String id = idNode.text("the scenario's id");
        if (!file.getFileName().toString().equals(id + ".yaml")) {
            throw idNode.malformed("the id '" + id + "' must be the file's name without .yaml");
        }
        if (fields.optional("table").isPresent()) {
            return TableScenarios.read(file, id, root, fields);
        }
        Scenario.Memory memory = memory(fields.require("memory"));
        Processes processes = fields.optional("processes")
                .map(node -> processes(node, memory.pages()))
                .orElse(Processes.single(memory.pages()));
        Map<String, List<Operation>> actors =
                actors(fields.require("actors"), (node, name) -> Operations.parse(node, name, processes));
        boolean devices = actors.keySet().stream().anyMatch(actor -> !Scenario.isCpu(actor));
        Scenario scenario = new Scenario(
                        file,
                        id,
                        fields.require("title").text("a title"),
                        tier(fields),
                        memory,
                        processes,
                        fields.optional("boot")
                                .map(node -> boot(
                                        node,
                                        actors.keySet(),
                                        (operation, name) -> Operations.parse(operation, name, processes)))
                                .orElse(List.of()),
                        actors,
                        fields.optional("symmetric")
                                .map(node -> symmetric(node, actors, memory, processes))
                                .orElse(List.of()),
                        cells(root, fields, devices),
                        fields.optional("invariants")
                                .map(ScenarioReader::invariants)
                                .orElseGet(() -> Invariants.of(
                                        memory,
                                        processes,
                                        memory.hasRmap() || Scenario.migrates(actors),
                                        actors.values().stream()
                                                .flatMap(List::stream)
                                                .anyMatch(Operation::isOfExclusiveAccess))),
                        fields.optional("reaches").map(ScenarioReader::reaches).orElse(List.of()),
                        expectations(fields.require("expect")),
                        Scenario.Scope.FULL)
                .withResults(fields.optional("results")
                        .map(node -> results(node, actors))
                        .orElse(Map.of()));
        fields.optional("processes").ifPresent(node -> checkForks(node, scenario));
        if (!scenario.invariants().stream().allMatch(Invariants::isOfMemory)) {
            throw fields.require("invariants").malformed("some of these invariants are of scenarios with a 'table'");
        }
        checkNotifiers(root, scenario);
        checkMigrations(root, scenario);
        checkDeviceMemory(root, scenario);
        checkFile(root, scenario);
        checkExpectations(fields, scenario);
        return scenario;
    }

    /** Each cell has its expectation. */
    static void checkExpectations(YamlNode.Fields fields, Scenario scenario) {
        for (Cell cell : scenario.cells()) {
            if (scenario.expected(cell.ids()).isEmpty()) {
                throw fields.require("expect").malformed("no expectation matches the cell " + cell);
            }
        }
    }

    private static Scenario.Memory memory(YamlNode node) {
        YamlNode.Fields fields = node.fields(
                "the memory",
                Set.of("pages", "tables", "frames", "gather", "allocations", "device-frames", "file-pages"));
        int pages = fields.require("pages").number("the number of pages", 1, FlatMemory.MAX_PAGES);
        YamlNode tablesNode = fields.require("tables");
        int tables = tablesNode.number("the number of leaf tables", 1, pages);
        if (pages % tables != 0) {
            throw tablesNode.malformed(pages + " pages cannot be spread evenly over " + tables + " tables");
        }
        return new Scenario.Memory(
                pages,
                tables,
                fields.require("frames").number("the number of page frames", 1, MAX_FRAMES),
                fields.optional("gather")
                        .map(gather -> gather.number("the size of a gather", 1, FREE_PTE_NR))
                        .orElse(FREE_PTE_NR),
                allocations(fields),
                fields.optional("device-frames")
                        .map(frames -> frames.number("the number of page frames of each device", 1, MAX_FRAMES))
                        .orElse(0),
                fields.optional("file-pages")
                        .map(file -> file.number(
                                "the number of pages of the file", 1, Math.min(pages, FlatMemory.MAX_FILE_PAGES)))
                        .orElse(0));
    }

    /** What the optional field {@code allocations} says. */
    static Allocations allocations(YamlNode.Fields fields) {
        return fields.optional("allocations").map(ScenarioReader::allocations).orElse(Allocations.SUCCEED);
    }

    private static Allocations allocations(YamlNode node) {
        String expected = "what allocations do, succeed, may-fail or dma-may-fail";
        String text = node.text(expected);
        return switch (text) {
            case "succeed" -> Allocations.SUCCEED;
            case "may-fail" -> Allocations.MAY_FAIL;
            case "dma-may-fail" -> Allocations.DMA_MAY_FAIL;
            default -> throw node.malformed("expected " + expected + ", not '" + text + "'");
        };
    }

    private static Processes processes(YamlNode node, int pages) {
        Map<String, SortedSet<String>> actors = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        node.entries("the child processes and their actors, such as 'child: [cpu1]'")
                .forEach((key, value) -> {
                    String name = key.text("a process's name");
                    if (!name.matches("[a-z]+")) {
                        throw key.malformed("a process is called by small letters, not '" + name + "'");
                    }
                    SortedSet<String> names = new TreeSet<>();
                    for (YamlNode element : value.list("the actors of the process")) {
                        String actor = element.text("an actor of the process");
                        if (!taken.add(actor)) {
                            throw element.malformed("'" + actor + "' is of a process already");
                        }
                        names.add(actor);
                    }
                    if (actors.put(name, names) != null) {
                        throw key.malformed("the process '" + name + "' stands twice");
                    }
                });
        Processes processes = new Processes(pages, actors);
        if (processes.count() * pages > FlatMemory.MAX_PAGES) {
            throw node.malformed("all processes together have at most " + FlatMemory.MAX_PAGES + " pages, not "
                    + processes.count() + " times " + pages);
        }
        return processes;
    }

    /** Each child has actors that are there, and is forked once, before it does anything at boot. */
    private static void checkForks(YamlNode node, Scenario scenario) {
        Processes processes = scenario.processes();
        node.entries("the child processes").forEach((key, value) -> {
            for (YamlNode element : value.list("the actors of the process")) {
                String actor = element.text("an actor of the process");
                if (!scenario.actors().containsKey(actor)) {
                    throw element.malformed("'" + actor + "' is none of the actors "
                            + String.join(", ", scenario.actors().keySet()));
                }
            }
            String name = key.text("a process's name");
            int child = processes.children().indexOf(name) + 1;
            long forks = 0;
            for (Scenario.Step step : scenario.boot()) {
                forks += processes.makes(step.operation(), child) ? 1 : 0;
                if (processes.of(step.actor()) == child && forks == 0) {
                    throw key.malformed("'" + step.actor() + "' is needed at boot before '" + name + "' is forked");
                }
            }
            forks += scenario.actors().values().stream()
                    .flatMap(List::stream)
                    .filter(operation -> processes.makes(operation, child))
                    .count();
            if (forks != 1) {
                throw key.malformed("the process '" + name + "' must be forked once, not " + forks + " times");
            }
        });
    }

    /** Where notifiers change, or pages are reclaimed, there is one process, and designs for which that is modelled. */
    private static void checkNotifiers(YamlNode root, Scenario scenario) {
        for (Cell cell : scenario.cells()) {
            if (cell.secondary() != null && !Designs.isTold(cell.notifier(), cell.secondary())) {
                throw root.malformed("'" + cell.secondary().id() + "' is told by the notifiers ranges and ranges-rmap"
                        + " alone, not by '" + cell.notifier().id() + "'");
            }
        }
        for (Cell cell : scenario.cells()) {
            if (scenario.clearsRefs() && cell.secondary() != null && !Designs.hasClearRefs(cell.notifier())) {
                throw root.malformed("the notifier '" + cell.notifier().id() + "' has no call for 'clear-refs': only"
                        + " ranges and ranges-rmap have");
            }
        }
        if (!scenario.walksRmap() || scenario.migrates()) {
            return;
        }
        if (scenario.processes().count() > 1) {
            throw root.malformed("'register', 'unregister', 'exit' and 'reclaim' are of a process that does not fork");
        }
        for (Scenario.Step step : scenario.boot()) {
            if (step.operation().changesNotifiers()) {
                throw root.malformed("'register', 'unregister' and 'exit' are no operations of the boot: a device is"
                        + " registered from the beginning unless its actor registers it");
            }
        }
        if (scenario.changesNotifiers()) {
            for (Cell cell : scenario.cells()) {
                if (cell.notifier().changing() == null) {
                    throw root.malformed("the list of the notifier '"
                            + cell.notifier().id()
                            + "' does not change while the actors run, as 'register', 'unregister' and 'exit' need it");
                }
            }
        }
        List<Operation> all = Stream.concat(
                        scenario.boot().stream().map(Scenario.Step::operation),
                        scenario.actors().values().stream().flatMap(List::stream))
                .toList();
        for (Operation operation : all) {
            if (operation instanceof Operation.Reclaim(int page)
                    && all.stream()
                            .anyMatch(
                                    other -> other instanceof Operation.Store(int stored, long _) && stored == page)) {
                throw root.malformed("page " + page + " is reclaimed, and there is no swap: nobody may store to it");
            }
        }
    }

    /** Who migrates has a design for it; who writes through a pin, or drops it, has one. */
    private static void checkMigrations(YamlNode root, Scenario scenario) {
        if (scenario.migrates() && scenario.memory().allocations() == Allocations.MAY_FAIL) {
            throw root.malformed("'migrate' and 'pin' are of a memory whose allocations succeed");
        }
        for (Cell cell : scenario.cells()) {
            if (scenario.hasMigrate() && cell.mm().migration() == null) {
                throw root.malformed("the mm '" + cell.mm().id() + "' does not migrate pages, as 'migrate' needs it");
            }
            if (scenario.pinsFast() && cell.mm().gupFast() == null) {
                throw root.malformed("the mm '" + cell.mm().id() + "' has no GUP-fast, as 'pin-fast' needs it");
            }
        }
        scenario.boot().forEach(step -> {
            switch (step.operation()) {
                case Operation.Migrate _, Operation.Pin _, Operation.Dma _, Operation.Unpin _ ->
                    throw root.malformed("'migrate', 'pin', 'dma' and 'unpin' are no operations of the boot");
                default -> {}
            }
        });
        boolean registers = scenario.actors().values().stream()
                .flatMap(List::stream)
                .anyMatch(operation ->
                        operation instanceof Operation.Register || operation instanceof Operation.Unregister);
        if (scenario.migrates() && registers) {
            throw root.malformed("where pages migrate the device is registered from the boot on");
        }
        boolean maps = scenario.actors().values().stream()
                .flatMap(List::stream)
                .anyMatch(operation -> switch (operation) {
                    case Operation.Dontneed _, Operation.Mprotect _, Operation.Exit _ -> true;
                    default -> false;
                });
        scenario.actors().forEach((actor, operations) -> {
            Set<Integer> pinned = new HashSet<>();
            for (Operation operation : operations) {
                switch (operation) {
                    case Operation.Pin(int page, var _) -> {
                        if (!pinned.add(page)) {
                            throw root.malformed(actor + " pins a page twice");
                        }
                    }
                    case Operation.Dma(int page, long _) -> {
                        if (maps || !pinned.contains(page)) {
                            throw root.malformed(
                                    "'dma' is of a page that " + actor + " has pinned, where nobody zaps or protects"
                                            + " but by munmap: the pinned page is that of the address still");
                        }
                    }
                    case Operation.Unpin(int page) -> {
                        if (!pinned.remove(page)) {
                            throw root.malformed("'unpin' is of a page that " + actor + " has pinned");
                        }
                    }
                    default -> {}
                }
            }
        });
    }

    /** Where devices have memory, or pages for themselves, all designs know of it; who migrates to it, has some. */
    private static void checkDeviceMemory(YamlNode root, Scenario scenario) {
        boolean needed = Stream.concat(
                        scenario.boot().stream().map(Scenario.Step::operation),
                        scenario.actors().values().stream().flatMap(List::stream))
                .anyMatch(Operation::isOfDeviceMemory);
        boolean there = scenario.memory().deviceFrames() > 0;
        if (needed && !there) {
            throw root.malformed("'migrate-to-device', 'migrate-to-system', 'evict' and 'snapshot' are of a memory with"
                    + " 'device-frames'");
        }
        if (there && (scenario.devices() == 0 || scenario.memory().allocations() == Allocations.MAY_FAIL)) {
            throw root.malformed("'device-frames' are of a scenario with devices, whose allocations succeed");
        }
        boolean exclusive = scenario.hasExclusiveAccess();
        if (exclusive && (!scenario.migrates() || scenario.memory().allocations() == Allocations.MAY_FAIL)) {
            throw root.malformed("'exclusive', 'exchange' and 'check-exclusive' are not of the boot alone, and of a"
                    + " memory whose allocations succeed");
        }
        for (Cell cell : scenario.cells()) {
            if ((there || exclusive) && !Designs.hasDeviceMemory(cell)) {
                throw root.malformed((there ? "'device-frames'" : "'exclusive', 'exchange' and 'check-exclusive'")
                        + " are for the mm linux-7.0, the notifier interval and the secondary MMU dmirror and their"
                        + " variants, not for " + cell);
            }
        }
    }

    /** Where a file is mapped, there is one process, and operations and devices for which that is modelled. */
    private static void checkFile(YamlNode root, Scenario scenario) {
        Scenario.Memory memory = scenario.memory();
        int filePages = memory.filePages();
        List<Operation> all = Stream.concat(
                        scenario.boot().stream().map(Scenario.Step::operation),
                        scenario.actors().values().stream().flatMap(List::stream))
                .toList();
        for (Operation operation : all) {
            if (operation.isOfFile() && operation.end() > filePages) {
                throw root.malformed("'writeback' and 'truncate' are of the pages of a file, 'file-pages' of a memory");
            }
            if (operation instanceof Operation.Truncate && operation.end() < filePages) {
                throw root.malformed("'truncate' takes the range that is cut off, up to the end of the file");
            }
            boolean modelled = switch (operation) {
                case Operation.Load _, Operation.Store _, Operation.Dontneed _, Operation.Munmap _ -> true;
                case Operation.Writeback _, Operation.Truncate _, Operation.Migrate _ -> true;
                case Operation.Reclaim(int page) -> page < filePages;
                default -> false;
            };
            if (filePages > 0 && !modelled) {
                throw root.malformed("where a file is mapped CPUs do load, store, munmap, dontneed, migrate,"
                        + " writeback and truncate, and 'reclaim' of its pages; devices read and write");
            }
        }
        if (filePages == 0) {
            return;
        }
        if (all.stream().filter(Operation.Truncate.class::isInstance).count() > 1) {
            throw root.malformed("a file is cut once");
        }
        boolean zaps = all.stream()
                .anyMatch(operation -> operation instanceof Operation.Dontneed
                        || operation instanceof Operation.Munmap
                        || operation instanceof Operation.Truncate);
        if (zaps && all.stream().anyMatch(Operation.Reclaim.class::isInstance)) {
            throw root.malformed("where a page of a file is reclaimed nobody zaps");
        }
        boolean plain = scenario.processes().count() == 1
                && memory.gather() == FREE_PTE_NR
                && memory.allocations() == Allocations.SUCCEED
                && memory.pages() <= FlatMemory.MAX_AGED_PAGES;
        if (!plain) {
            throw root.malformed("'file-pages' are of one process, of at most " + FlatMemory.MAX_AGED_PAGES
                    + " pages, with a gather and allocations as they are by default");
        }
        boolean reclaims = all.stream().anyMatch(Operation.Reclaim.class::isInstance);
        for (Cell cell : scenario.cells()) {
            if (cell.mm().files() == null) {
                throw root.malformed("the mm '" + cell.mm().id() + "' maps no file, as 'file-pages' needs it");
            }
            if (scenario.devices() > 0 && !Designs.hasDeviceOfFile(cell)) {
                throw root.malformed("a device beside the mapping of a file is for the mm linux-2.6.24 and i-mmap-sem"
                        + " and the notifiers of 2008 that tell of page_mkclean, not for " + cell);
            }
            if (reclaims && cell.mm().files().isOf2008()) {
                throw root.malformed(
                        "the mm '" + cell.mm().id() + "' does not reclaim pages of a file, as 'reclaim' needs it");
            }
        }
    }

    static Map<String, List<Operation>> actors(YamlNode node, BiFunction<YamlNode, String, Operation> parse) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        node.entries("the actors (cpu0, cpu1, dev0, …)").forEach((key, value) -> {
            String name = key.text("an actor's name");
            if (!name.matches("(cpu|dev)[0-9]")) {
                throw key.malformed("an actor is called cpu0, cpu1, … or dev0, dev1, …, not '" + name + "'");
            }
            List<Operation> operations = new ArrayList<>();
            for (YamlNode operation : value.list("the actor's operations")) {
                operations.add(parse.apply(operation, name));
            }
            if (operations.isEmpty() || operations.size() > MAX_OPERATIONS) {
                throw value.malformed("an actor has 1 to " + MAX_OPERATIONS + " operations, not " + operations.size());
            }
            if (actors.put(name, operations) != null) {
                throw key.malformed("the actor '" + name + "' stands twice");
            }
        });
        int most = Math.min(Linearizability.MAX_ACTORS, Task.MAX - 1);
        if (actors.isEmpty() || actors.size() > most) {
            throw node.malformed("a scenario has 1 to " + most + " actors, not " + actors.size());
        }
        return actors;
    }

    static List<Scenario.Step> boot(YamlNode node, Set<String> actors, BiFunction<YamlNode, String, Operation> parse) {
        List<Scenario.Step> steps = new ArrayList<>();
        for (YamlNode element : node.list("the boot's operations, such as 'cpu0: store 0 1'")) {
            element.entries("an operation of the boot, such as 'cpu0: store 0 1'")
                    .forEach((key, value) -> {
                        String actor = key.text("an actor");
                        if (!actors.contains(actor)) {
                            throw key.malformed("'" + actor + "' is none of the actors " + String.join(", ", actors));
                        }
                        steps.add(new Scenario.Step(actor, parse.apply(value, actor)));
                    });
        }
        return steps;
    }

    private static List<Cycle> symmetric(
            YamlNode node, Map<String, List<Operation>> actors, Scenario.Memory memory, Processes processes) {
        if (processes.count() > 1) {
            throw node.malformed("only the actors of a single process can be symmetric");
        }
        List<Cycle> cycles = new ArrayList<>();
        for (YamlNode element : node.list("cycles, such as {actors: [cpu0, cpu1]}")) {
            YamlNode.Fields fields = element.fields("a cycle", Set.of("actors", "pages"));
            List<String> names = names(fields.require("actors"), actors.keySet());
            List<Integer> pages =
                    fields.optional("pages").map(list -> pages(list, memory)).orElse(List.of());
            Cycle cycle = new Cycle(names, pages);
            for (String name : names) {
                List<Operation> expected =
                        actors.get(name).stream().map(cycle::renamed).toList();
                String next = cycle.actor(name);
                if (Scenario.isCpu(name) != Scenario.isCpu(next) || !expected.equals(actors.get(next))) {
                    throw element.malformed("'" + name + "' and '" + next + "' are not symmetric: what one does, the"
                            + " other does, on the pages as they are renamed, and if any is, on one page at a time");
                }
            }
            cycles.add(cycle);
        }
        return cycles;
    }

    private static List<String> names(YamlNode node, Set<String> actors) {
        List<String> names = new ArrayList<>();
        for (YamlNode element : node.list("actors, such as [cpu0, cpu1]")) {
            String name = element.text("an actor");
            if (!actors.contains(name) || names.contains(name)) {
                throw element.malformed(
                        "expected another of the actors " + String.join(", ", actors) + ", not '" + name + "'");
            }
            names.add(name);
        }
        if (names.size() < 2) {
            throw node.malformed("a cycle has at least two actors");
        }
        return names;
    }

    private static List<Integer> pages(YamlNode node, Scenario.Memory memory) {
        if (memory.tables() > 1) {
            throw node.malformed("pages are symmetric only within one leaf table, and there are " + memory.tables());
        }
        List<Integer> pages = new ArrayList<>();
        for (YamlNode element : node.list("pages, such as [0, 1]")) {
            int page = element.number("a page", 0, memory.pages() - 1);
            if (pages.contains(page)) {
                throw element.malformed("the page " + page + " stands twice");
            }
            pages.add(page);
        }
        return pages;
    }

    private static List<Cell> cells(YamlNode root, YamlNode.Fields fields, boolean devices) {
        List<Cell> cells = new ArrayList<>();
        for (YamlNode node : fields.optional("designs").map(YamlNode::elements).orElse(List.of())) {
            YamlNode.Fields kinds = node.fields("the designs", CellPattern.keysWith());
            Map<Kind, List<Design>> designs = new EnumMap<>(Kind.class);
            for (Kind kind : Kind.values()) {
                kinds.optional(kind.key()).ifPresent(ids -> designs.put(kind, designs(kind, ids)));
            }
            if (designs.containsKey(Kind.TABLE)) {
                throw node.malformed("a scenario with a memory has no walked table");
            }
            if (devices && !designs.containsKey(Kind.SECONDARY)) {
                throw node.malformed("a scenario with devices names the secondary MMUs");
            }
            cross(designs, devices).filter(cell -> !cells.contains(cell)).forEach(cells::add);
        }
        if (cells.isEmpty() && devices) {
            throw root.malformed("a scenario with devices names the secondary MMUs, under 'designs'");
        }
        return cells.isEmpty() ? cross(Map.of(), false).toList() : cells;
    }

    /** Every combination of the designs. */
    private static Stream<Cell> cross(Map<Kind, List<Design>> designs, boolean devices) {
        List<Design> mms = designs.getOrDefault(
                Kind.MM, List.of(Designs.find(Kind.MM, "linux-2.6.24").orElseThrow()));
        List<Design> notifiers = designs.getOrDefault(
                Kind.NOTIFIER, List.of(Designs.find(Kind.NOTIFIER, "none").orElseThrow()));
        List<Design> secondaries = devices ? designs.get(Kind.SECONDARY) : Collections.singletonList(null);
        return mms.stream()
                .flatMap(mm -> notifiers.stream()
                        .flatMap(notifier -> secondaries.stream()
                                .map(secondary -> new Cell(
                                        (Design.Mm) mm, (Design.Notifier) notifier, (Design.Secondary) secondary))));
    }

    static List<Design> designs(Kind kind, YamlNode node) {
        List<Design> designs = new ArrayList<>();
        for (YamlNode element : node.list("ids of designs, with * for anything")) {
            String pattern = element.text("the id of a " + kind.key() + ", with * for anything");
            List<Design> matching = Designs.of(kind).stream()
                    .filter(design -> CellPattern.matches(pattern, design.id()))
                    .toList();
            if (matching.isEmpty()) {
                throw element.malformed(
                        "no " + kind.key() + " is called '" + pattern + "'; see 'racewalk list designs'");
            }
            matching.stream().filter(design -> !designs.contains(design)).forEach(designs::add);
        }
        if (designs.isEmpty()) {
            throw node.malformed("at least one " + kind.key() + " is needed");
        }
        return designs;
    }

    /** Of each operation of an actor one result, or several that are separated by a bar. */
    private static Map<String, List<List<String>>> results(YamlNode node, Map<String, List<Operation>> actors) {
        Map<String, List<List<String>>> results = new LinkedHashMap<>();
        node.entries("results of actors, such as 'cpu0: [any, 1|denied]'").forEach((key, value) -> {
            String actor = key.text("an actor");
            if (!actors.containsKey(actor)) {
                throw key.malformed("'" + actor + "' is none of the actors " + String.join(", ", actors.keySet()));
            }
            List<List<String>> expected = new ArrayList<>();
            for (YamlNode element : value.list("the results of the actor's operations")) {
                expected.add(List.of(
                        element.text("a result, such as 1, ok, denied or any").split("\\|")));
            }
            if (expected.size() != actors.get(actor).size()) {
                throw value.malformed(
                        actor + " has " + actors.get(actor).size() + " operations, not " + expected.size());
            }
            results.put(actor, expected);
        });
        return results;
    }

    static List<Invariants> invariants(YamlNode node) {
        List<Invariants> invariants = new ArrayList<>();
        for (YamlNode element : node.list("names of invariants")) {
            String name = element.text("the name of an invariant");
            invariants.add(Stream.of(Invariants.values())
                    .filter(invariant -> invariant.title().equals(name))
                    .findFirst()
                    .orElseThrow(() -> element.malformed(
                            "no invariant is called '" + name + "'; see 'racewalk list invariants'")));
        }
        return invariants;
    }

    static List<Scenario.Reach> reaches(YamlNode node) {
        List<Scenario.Reach> reaches = new ArrayList<>();
        for (YamlNode element : node.list("what must be reached")) {
            YamlNode.Fields fields = element.fields("a 'reaches' entry", CellPattern.keysWith("marks"));
            List<String> marks = fields.require("marks").list("names of marks").stream()
                    .map(mark -> mark.text("the name of a mark, such as Gru.MISS"))
                    .toList();
            reaches.add(new Scenario.Reach(CellPattern.of(fields), marks));
        }
        return reaches;
    }

    /** The gate's, unless another is named. */
    static Scenario.Tier tier(YamlNode.Fields fields) {
        return fields.optional("tier")
                .map(node -> node.constant(Scenario.Tier.class, "a tier"))
                .orElse(Scenario.Tier.GATE);
    }

    static List<Scenario.Expectation> expectations(YamlNode node) {
        List<Scenario.Expectation> expectations = new ArrayList<>();
        for (YamlNode element : node.list("what is expected")) {
            YamlNode.Fields fields = element.fields("an expectation", CellPattern.keysWith("verdict", "tier"));
            expectations.add(new Scenario.Expectation(
                    CellPattern.of(fields),
                    fields.require("verdict").constant(Verdict.class, "a verdict"),
                    tier(fields)));
        }
        return expectations;
    }
}
