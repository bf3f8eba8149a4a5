package racewalk.specs;

import java.util.List;
import java.util.Locale;
import racewalk.mm.Protection;

/**
 * Operations as text, as scenarios and traces have them: a verb and its arguments, separated by spaces. A range is
 * {@code 0} or {@code 0..1}, both ends included.
 *
 * <p>CPUs: {@code load P}, {@code store P V}, {@code munmap R}, {@code dontneed R}, {@code mprotect R
 * none|read|read-write}, {@code lockpage P}, {@code reclaim P}, {@code age P}, {@code migrate R}, {@code pin P}, {@code
 * pin-fast P}, {@code dma P V}, {@code unpin P}, {@code writeback R}, {@code truncate R}, {@code fork NAME}, {@code
 * exit}.
 * Devices: {@code read P}, {@code write P V}, {@code prefault R}, {@code reslot R}, {@code register}, {@code
 * unregister}; those with memory of their own {@code migrate-to-device R}, {@code migrate-to-system R}, {@code evict},
 * {@code snapshot R}; those that may have pages for themselves {@code exclusive R}, {@code exchange P V}, {@code
 * check-exclusive R}.
 */
final class Operations {

    private static final String CPU_VERBS = "load P, store P V, munmap R, dontneed R, mprotect R none|read|read-write,"
            + " clear-refs R, lockpage P, reclaim P, age P, migrate R, pin P, pin-fast P, dma P V, unpin P,"
            + " writeback R, truncate R, fork NAME, exit";
    private static final String DEVICE_VERBS = "read P, write P V, prefault R, reslot R, register, unregister,"
            + " migrate-to-device R, migrate-to-system R, evict, snapshot R, exclusive R, exchange P V,"
            + " check-exclusive R";

    private Operations() {}

    /**
     * The operation as text.
     *
     * @param first the first page of the actor's process
     */
    static String show(boolean cpu, Operation operation, int first) {
        return switch (operation) {
            case Operation.Load(int page) -> (cpu ? "load " : "read ") + (page - first);
            case Operation.Store(int page, long value) -> (cpu ? "store " : "write ") + (page - first) + " " + value;
            case Operation.Munmap _ -> "munmap " + range(operation, first);
            case Operation.Dontneed _ -> "dontneed " + range(operation, first);
            case Operation.Mprotect(int _, int _, Protection protection) ->
                "mprotect " + range(operation, first) + " " + show(protection);
            case Operation.ClearRefs _ -> "clear-refs " + range(operation, first);
            case Operation.Prefault _ -> "prefault " + range(operation, first);
            case Operation.Reslot _ -> "reslot " + range(operation, first);
            case Operation.LockPage(int page) -> "lockpage " + (page - first);
            case Operation.Age(int page) -> "age " + (page - first);
            case Operation.Fork(String child, int _, int _, int _) -> "fork " + child;
            case Operation.Register _ -> "register";
            case Operation.Unregister _ -> "unregister";
            case Operation.Exit _ -> "exit";
            case Operation.Reclaim(int page) -> "reclaim " + (page - first);
            case Operation.Migrate _ -> "migrate " + range(operation, first);
            case Operation.Pin(int page, var way) ->
                (way == Operation.Pin.Way.FAST ? "pin-fast " : "pin ") + (page - first);
            case Operation.MigrateToDevice _ -> "migrate-to-device " + range(operation, first);
            case Operation.MigrateToSystem _ -> "migrate-to-system " + range(operation, first);
            case Operation.Evict _ -> "evict";
            case Operation.Snapshot _ -> "snapshot " + range(operation, first);
            case Operation.Writeback _ -> "writeback " + range(operation, first);
            case Operation.Truncate _ -> "truncate " + range(operation, first);
            case Operation.Exclusive _ -> "exclusive " + range(operation, first);
            case Operation.CheckExclusive _ -> "check-exclusive " + range(operation, first);
            case Operation.Exchange(int page, long value) -> "exchange " + (page - first) + " " + value;
            case Operation.Unpin(int page) -> "unpin " + (page - first);
            case Operation.Dma(int page, long value) -> "dma " + (page - first) + " " + value;
            case Operation.OfTable ofTable -> TableOperations.show(ofTable);
            case Operation.OfContpte ofContpte -> ContpteOperations.show(ofContpte);
        };
    }

    private static String show(Protection protection) {
        return protection.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String range(Operation operation, int first) {
        int start = operation.start() - first;
        int last = operation.end() - first - 1;
        return last == start ? Integer.toString(start) : start + ".." + last;
    }

    /**
     * Reads an operation of a CPU or of a device.
     *
     * @param actor who is to do it
     * @param processes the processes of the scenario
     */
    static Operation parse(YamlNode node, String actor, Processes processes) {
        boolean cpu = Scenario.isCpu(actor);
        String expected = "an operation of a " + (cpu ? "CPU (" + CPU_VERBS : "device (" + DEVICE_VERBS) + ")";
        String text = node.text(expected);
        List<String> words = List.of(text.split("\\s+"));
        Arguments arguments = new Arguments(node, words, processes, processes.of(actor));
        Operation operation = cpu ? parseCpu(arguments) : parseDevice(arguments, actor);
        if (operation == null) {
            throw node.malformed("expected " + expected + ", not '" + text + "'");
        }
        return operation;
    }

    private static Operation parseCpu(Arguments arguments) {
        return switch (arguments.verb()) {
            case "load" -> new Operation.Load(arguments.page());
            case "store" -> new Operation.Store(arguments.pageBefore(1), arguments.value());
            case "munmap" -> new Operation.Munmap(arguments.start(0), arguments.end(0));
            case "dontneed" -> new Operation.Dontneed(arguments.start(0), arguments.end(0));
            case "mprotect" -> new Operation.Mprotect(arguments.start(1), arguments.end(1), arguments.protection());
            case "clear-refs" -> new Operation.ClearRefs(arguments.start(0), arguments.end(0));
            case "lockpage" -> new Operation.LockPage(arguments.page());
            case "age" -> arguments.age();
            case "fork" -> arguments.fork();
            case "exit" -> arguments.exit();
            case "reclaim" -> new Operation.Reclaim(arguments.page());
            case "migrate" -> new Operation.Migrate(arguments.start(0), arguments.end(0));
            case "pin" -> new Operation.Pin(arguments.page());
            case "pin-fast" -> new Operation.Pin(arguments.page(), Operation.Pin.Way.FAST);
            case "unpin" -> new Operation.Unpin(arguments.page());
            case "writeback" -> new Operation.Writeback(arguments.start(0), arguments.end(0));
            case "truncate" -> new Operation.Truncate(arguments.start(0), arguments.end(0));
            case "dma" -> new Operation.Dma(arguments.pageBefore(1), arguments.value());
            default -> null;
        };
    }

    private static Operation parseDevice(Arguments arguments, String actor) {
        return switch (arguments.verb()) {
            case "read" -> new Operation.Load(arguments.page());
            case "write" -> new Operation.Store(arguments.pageBefore(1), arguments.value());
            case "prefault" -> new Operation.Prefault(arguments.start(0), arguments.end(0));
            case "register" -> new Operation.Register(arguments.device(actor));
            case "unregister" -> new Operation.Unregister(arguments.device(actor));
            case "reslot" -> new Operation.Reslot(arguments.start(0), arguments.end(0));
            case "migrate-to-device" -> new Operation.MigrateToDevice(arguments.start(0), arguments.end(0));
            case "migrate-to-system" -> new Operation.MigrateToSystem(arguments.start(0), arguments.end(0));
            case "evict" -> arguments.evict();
            case "snapshot" -> new Operation.Snapshot(arguments.start(0), arguments.end(0));
            case "exclusive" -> new Operation.Exclusive(arguments.start(0), arguments.end(0));
            case "check-exclusive" -> new Operation.CheckExclusive(arguments.start(0), arguments.end(0));
            case "exchange" -> new Operation.Exchange(arguments.pageBefore(1), arguments.value());
            default -> null;
        };
    }

    /** The words of one operation; the first argument is a page or a range, {@code more} may follow. */
    private record Arguments(YamlNode node, List<String> words, Processes processes, int process) {

        String verb() {
            return words.getFirst();
        }

        private void noArgument() {
            if (words.size() != 1) {
                throw node.malformed("'" + verb() + "' takes no argument");
            }
        }

        /** The number of the device {@code actor}. */
        int device(String actor) {
            noArgument();
            int number = actor.charAt(actor.length() - 1) - '0';
            if (number >= FlatMemory.MAX_DEVICES) {
                throw node.malformed("only dev0 to dev" + (FlatMemory.MAX_DEVICES - 1) + " can '" + verb() + "'");
            }
            return number;
        }

        Operation exit() {
            int first = wholeProcess();
            return new Operation.Exit(first, first + processes.pages());
        }

        Operation evict() {
            int first = wholeProcess();
            return new Operation.Evict(first, first + processes.pages());
        }

        private int wholeProcess() {
            noArgument();
            if (processes.pages() > FlatMemory.MAX_RANGE) {
                throw node.malformed("'" + verb() + "' is of a process of at most " + FlatMemory.MAX_RANGE + " pages");
            }
            return processes.firstPage(process);
        }

        private String argument(int index, int count, String what) {
            if (words.size() != count + 1) {
                throw node.malformed("'" + verb() + "' takes " + (count == 1 ? "one argument" : count + " arguments")
                        + " (" + what + "), not " + (words.size() - 1));
            }
            return words.get(index);
        }

        int page() {
            return pageBefore(0);
        }

        int pageBefore(int more) {
            return pageNumber(argument(1, 1 + more, more == 0 ? "a page" : "a page and a value"));
        }

        private int pageNumber(String text) {
            int pages = processes.pages();
            return processes.firstPage(process) + number(text, "a page from 0 to " + (pages - 1), pages - 1);
        }

        private int number(String text, String expected, long high) {
            try {
                int number = Integer.parseInt(text);
                if (number >= 0 && number <= high) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw node.malformed("'" + verb() + "' expects " + expected + ", not '" + text + "'");
        }

        private String[] range(int more) {
            String text = argument(1, 1 + more, more == 0 ? "a range" : "a range and a protection");
            String[] ends = text.split("\\.\\.", -1);
            return ends.length == 1 ? new String[] {text, text} : ends;
        }

        int start(int more) {
            return pageNumber(range(more)[0]);
        }

        int end(int more) {
            String[] ends = range(more);
            int last = ends.length == 2 ? pageNumber(ends[1]) : -1;
            if (last < start(more)) {
                throw node.malformed("'" + verb() + "' expects a range such as 0 or 0..1, not '" + words.get(1) + "'");
            }
            if (last - start(more) >= FlatMemory.MAX_RANGE) {
                throw node.malformed(
                        "a range has at most " + FlatMemory.MAX_RANGE + " pages, not '" + words.get(1) + "'");
            }
            return last + 1;
        }

        Operation age() {
            int page = page();
            if (processes.count() > 1) {
                throw node.malformed("'age' is of a page with one mapping, so of a scenario with one process");
            }
            if (processes.pages() > FlatMemory.MAX_AGED_PAGES) {
                throw node.malformed("'age' is of a scenario with at most " + FlatMemory.MAX_AGED_PAGES + " pages");
            }
            return new Operation.Age(page);
        }

        Operation fork() {
            String child = argument(1, 1, "a process");
            int number = processes.children().indexOf(child) + 1;
            if (number == 0) {
                throw node.malformed("'fork' expects one of 'processes', not '" + child + "'");
            }
            if (process != 0) {
                throw node.malformed("only a CPU of the first process forks");
            }
            return processes.fork(number);
        }

        long value() {
            return number(
                    argument(2, 2, "a page and a value"),
                    "a value from 0 to " + FlatMemory.MAX_VALUE,
                    FlatMemory.MAX_VALUE);
        }

        Protection protection() {
            String text = argument(2, 2, "a range and a protection");
            for (Protection protection : List.of(Protection.NONE, Protection.READ, Protection.READ_WRITE)) {
                if (show(protection).equals(text)) {
                    return protection;
                }
            }
            throw node.malformed("'mprotect' expects none, read or read-write, not '" + text + "'");
        }
    }
}
