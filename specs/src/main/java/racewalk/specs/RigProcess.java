package racewalk.specs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.Guard;
import racewalk.machine.Machine;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.migrate.MigrateVma;
import racewalk.migrate.Migration;
import racewalk.mm.AddressSpace;
import racewalk.mm.ClearRefs;
import racewalk.mm.Cpu;
import racewalk.mm.Fault;
import racewalk.mm.Fork;
import racewalk.mm.GetUserPages;
import racewalk.mm.Mprotect;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageCache;
import racewalk.mm.PageReferenced;
import racewalk.mm.PageTable;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Protection;
import racewalk.mm.Pte;
import racewalk.mm.Reclaim;
import racewalk.mm.Reclaim2016;
import racewalk.mm.ReclaimFile;
import racewalk.mm.Rmap;
import racewalk.mm.Tlb;
import racewalk.mm.Truncate;
import racewalk.mm.Unmap;
import racewalk.mm.Writeback;
import racewalk.secondary.DeviceMemory;
import racewalk.secondary.Driver;
import racewalk.secondary.ExclusiveAccess;
import racewalk.secondary.NotifiedMmu;
import racewalk.secondary.SecondaryMmu;
import racewalk.secondary.Snapshots;

/**
 * One process of a {@link Rig}, put together from chosen designs, with its CPUs and devices. Its own pages are counted
 * from 0 here.
 */
final class RigProcess {

    private final AddressSpace mm;
    private final NotifierSites sites;
    private final Fault fault;
    private final Unmap unmap;
    private final Mprotect mprotect;
    private final ClearRefs clearRefs;
    private final GetUserPages gup;
    private final PageReferenced pageReferenced;
    private final Map<String, Cpu> cpus = new LinkedHashMap<>();
    private final Map<String, SecondaryMmu> devices = new LinkedHashMap<>();
    private final int firstPage;
    private final Word state;
    private final Fork fork;
    private final Reclaim reclaim;
    private final Reclaim2016 reclaim2016;
    private final ReclaimFile reclaimFile;
    private final Writeback writeback;
    private final Truncate truncate;
    private final Map<String, Driver> drivers = new LinkedHashMap<>();
    private final Threads threads;
    private final Migration migration;
    private final Map<String, Pins> pins = new LinkedHashMap<>();

    /** The states of a process, as values of its word. */
    private static final long EXPECTED = 0;

    private static final long RUNNING = 1;
    private static final long NEVER = 2;

    /** Whether a process is there when the boot begins, or will be. */
    enum Beginning {
        /** It is the first one. */
        AT_BOOT(RUNNING),
        /** Some operation forks it. */
        BY_FORK(EXPECTED),
        /** Nobody forks it. */
        NEVER(RigProcess.NEVER);

        private final long state;

        Beginning(long state) {
            this.state = state;
        }
    }

    /**
     * A process without CPUs and devices.
     *
     * @param prefix of the names in traces
     * @param firstPage the number of its page 0 among the pages of all processes
     * @param parent null for the first process
     * @param rmap that of the family; null if no page migrates
     */
    RigProcess(
            Machine machine,
            PhysicalMemory memory,
            Scenario.Memory size,
            String prefix,
            int firstPage,
            Beginning beginning,
            RigProcess parent,
            Rmap rmap,
            Cell cell,
            Design.Attached notifier,
            Scenario scenario) {
        this.state = beginning == Beginning.AT_BOOT
                ? null
                : machine.gate(prefix + "process", beginning.state, RigProcess::showState);
        this.firstPage = firstPage;
        this.mm = new AddressSpace(
                machine,
                memory,
                prefix,
                size.tables(),
                size.pages() / size.tables(),
                size.gather(),
                cell.mm().ptLocks(),
                scenario.walksRmap(),
                rmap,
                scenario.ages(),
                // The kernels in which pages migrate are later than 2012; ageing and lists that change are of 2008.
                cell.mm().migration() != null && !scenario.ages() && !scenario.changesNotifiers());
        if (scenario.pinsFast()) {
            mm.pinsFast(cell.mm().gupFast().apply(mm));
        }
        this.sites = notifier.sites();
        if (size.filePages() > 0) {
            PageCache file =
                    new PageCache(machine, memory, size.filePages(), cell.mm().files());
            mm.mapsFile(file, sites);
        }
        if (rmap != null) {
            rmap.add(prefix, mm, sites, parent == null);
        }
        this.migration =
                cell.mm().migration() == null ? null : cell.mm().migration().apply(mm, sites);
        this.fault = cell.mm().fault().apply(mm, sites);
        this.unmap = cell.mm().unmap().apply(mm, sites);
        this.mprotect = new Mprotect(mm, sites);
        this.clearRefs = new ClearRefs(mm, sites);
        this.gup = new GetUserPages(mm, fault);
        this.pageReferenced = cell.mm().pageReferenced().apply(mm, sites);
        this.fork = parent == null ? null : fork(parent, cell);
        this.reclaim = new Reclaim(mm, sites);
        this.reclaim2016 = rmap == null ? null : new Reclaim2016(mm);
        this.writeback = mm.pageCache() == null ? null : new Writeback(mm, sites);
        this.reclaimFile = mm.pageCache() == null ? null : new ReclaimFile(mm);
        this.truncate = mm.pageCache() == null ? null : new Truncate(mm, unmap, sites);
        this.threads = scenario.exits()
                ? new Threads(machine, prefix, scenario.actors().keySet())
                : null;
    }

    private static String showState(long state) {
        return state == EXPECTED ? "not forked yet" : state == RUNNING ? "running" : "none";
    }

    /**
     * Adds a CPU or a device.
     *
     * @param device makes it
     * @param notifier the process's, to which it is added
     */
    Task add(String actor, Design.Secondary device, Design.Attached notifier, Scenario scenario) {
        if (Scenario.isCpu(actor)) {
            Cpu cpu = mm.addCpu(actor);
            cpus.put(actor, cpu);
            if (scenario.actors().get(actor).stream().anyMatch(operation -> operation instanceof Operation.Pin)) {
                pins.put(actor, new Pins(actor, mm, gup));
            }
            return cpu.task();
        }
        NotifiedMmu made = device.make().make(actor, mm, gup);
        devices.put(actor, made);
        if (made instanceof DeviceMemory memory && migration instanceof MigrateVma migrateVma) {
            memory.attach(scenario.device(actor), migrateVma);
        }
        if (made instanceof Snapshots snapshots && scenario.takesSnapshots(actor)) {
            snapshots.willSnapshot();
        }
        if (notifier.drivers() == null) {
            notifier.register().accept(made);
        } else {
            Driver driver = notifier.drivers().make(actor, made, mm);
            drivers.put(actor, driver);
            if (scenario.startsRegistered(actor)) {
                driver.registerAtBoot();
            }
        }
        return mm.machine().task(actor);
    }

    /**
     * Performs an operation other than a fork. A child's actors wait until it has been forked; if the fork failed, or
     * there is none, they find no memory at all.
     */
    long perform(String actor, Operation operation) {
        if (state != null && state.await("wait_for_fork", Guard.anySet(-1L)) == NEVER) {
            return FlatMemory.effect(operation, 0).result();
        }
        if (threads == null || !isOfThread(operation)) {
            return performInside(actor, operation);
        }
        if (!threads.enter(actor)) {
            return FlatMemory.effect(operation, 0).result();
        }
        long result = performInside(actor, operation);
        threads.leave(actor);
        return result;
    }

    /** Whether the operation is of a thread of the process: reclaim is not, and a driver needs no more than the mm. */
    private static boolean isOfThread(Operation operation) {
        return switch (operation) {
            case Operation.Reclaim _, Operation.Unregister _, Operation.Exit _ -> false;
            default -> true;
        };
    }

    private long performInside(String actor, Operation operation) {
        int start = operation.start() - firstPage;
        int end = operation.end() - firstPage;
        SecondaryMmu device = devices.get(actor);
        Driver driver = drivers.get(actor);
        if (driver != null && !operation.changesNotifiers() && !driver.isRegistered()) {
            return FlatMemory.effect(operation, 0).result();
        }
        return switch (operation) {
            case Operation.Load _ -> device == null ? load(cpus.get(actor), start) : device.read(start);
            case Operation.Store(int _, long value) ->
                device == null ? store(cpus.get(actor), start, value) : device.write(start, value);
            case Operation.Prefault _ -> {
                device.prefault(start, end);
                yield Operation.DONE;
            }
            case Operation.Reslot _ -> {
                device.reslot(start, end);
                yield Operation.DONE;
            }
            case Operation.Munmap _ -> {
                unmap.munmap(start, end);
                yield Operation.DONE;
            }
            case Operation.Dontneed _ -> unmap.madviseDontneed(start, end) ? Operation.DONE : Operation.HOLE;
            case Operation.Mprotect(int _, int _, Protection protection) ->
                mprotect.mprotect(start, end, protection) ? Operation.DONE : Operation.HOLE;
            case Operation.ClearRefs _ -> {
                clearRefs.clearSoftDirty(start, end);
                yield Operation.DONE;
            }
            case Operation.LockPage _ -> {
                lockPage(start);
                yield Operation.DONE;
            }
            case Operation.Register _ -> {
                driver.register();
                yield Operation.DONE;
            }
            case Operation.Unregister _ -> {
                driver.unregister();
                yield Operation.DONE;
            }
            case Operation.Exit _ -> {
                threads.killOthers(actor);
                unmap.exitMmap();
                yield Operation.DONE;
            }
            case Operation.Reclaim _ -> {
                if (reclaimFile != null) {
                    reclaimFile.shrinkPage(start);
                } else if (reclaim2016 == null) {
                    reclaim.shrinkPage(start);
                } else {
                    reclaim2016.shrinkPage(start);
                }
                yield Operation.DONE;
            }
            case Operation.Age _ -> pageReferenced.ofPageAt(start) ? Operation.YOUNG : Operation.OLD;
            case Operation.Migrate _ -> {
                migration.migrate(start, end);
                yield Operation.DONE;
            }
            case Operation.Pin(int _, Operation.Pin.Way way) ->
                (way == Operation.Pin.Way.FAST
                                ? pins.get(actor).pinFast(start)
                                : pins.get(actor).pin(start))
                        ? Operation.DONE
                        : Operation.DENIED;
            case Operation.MigrateToDevice _ -> ((DeviceMemory) device).migrateToDevice(start, end);
            case Operation.MigrateToSystem _ -> ((DeviceMemory) device).migrateToSystem(start, end);
            case Operation.Evict _ -> {
                ((DeviceMemory) device).evict();
                yield Operation.DONE;
            }
            case Operation.Snapshot _ -> ((Snapshots) device).snapshot(start, end);
            case Operation.Exclusive _ -> ((ExclusiveAccess) device).makeExclusive(start, end);
            case Operation.CheckExclusive _ -> ((ExclusiveAccess) device).checkExclusive(start, end);
            case Operation.Exchange(int _, long value) -> ((ExclusiveAccess) device).exchange(start, value);
            case Operation.Dma(int _, long value) ->
                pins.get(actor).dma(start, value) ? Operation.DONE : Operation.DENIED;
            case Operation.Unpin _ -> {
                pins.get(actor).unpin(start);
                yield Operation.DONE;
            }
            case Operation.Writeback _ -> {
                writeback.writeCachePages(start, end);
                yield Operation.DONE;
            }
            case Operation.Truncate _ -> {
                truncate.truncateSetsize(start);
                yield Operation.DONE;
            }
            case Operation.Fork _ -> throw new IllegalArgumentException("a fork is of two processes");
            case Operation.OfTable _, Operation.OfContpte _ ->
                throw new IllegalArgumentException("an operation on a table");
        };
    }

    /** How it comes to be. It has no notifier yet if the fork fails. */
    private Fork fork(RigProcess parent, Cell cell) {
        return cell.mm()
                .fork()
                .make(parent.mm, parent.sites, mm, cell.mm().unmap().apply(mm, NotifierSites.NONE));
    }

    /** Is forked by its parent; its actors go on when that is done. */
    long beForked() {
        boolean done = fork.dupMm();
        state.writeOnce(done ? RUNNING : NEVER); // wake_up_new_task
        return done ? Operation.DONE : Operation.OUT_OF_MEMORY;
    }

    private long load(Cpu cpu, int page) {
        while (true) {
            Tlb.Result result = cpu.tlb().load(page);
            if (result.outcome() == Tlb.Outcome.HIT) {
                return result.value();
            }
            Fault.Answer answer = answer(result, page, false);
            if (!isTriedAgain(answer)) {
                return refusal(answer);
            }
        }
    }

    private long store(Cpu cpu, int page, long value) {
        while (true) {
            Tlb.Result result = cpu.tlb().store(page, value);
            if (result.outcome() == Tlb.Outcome.HIT) {
                return Operation.DONE;
            }
            Fault.Answer answer = answer(result, page, true);
            if (!isTriedAgain(answer)) {
                return refusal(answer);
            }
        }
    }

    private Fault.Answer answer(Tlb.Result result, int page, boolean write) {
        return result.outcome() == Tlb.Outcome.FAULT ? fault.doPageFault(page, write) : Fault.Answer.RETRY;
    }

    private boolean isTriedAgain(Fault.Answer answer) {
        boolean again = answer == Fault.Answer.WAITED || answer == Fault.Answer.RETRY;
        if (again) {
            mm.localsAre("access again");
        }
        return again;
    }

    private static long refusal(Fault.Answer answer) {
        return answer == Fault.Answer.OUT_OF_MEMORY ? Operation.OUT_OF_MEMORY : Operation.DENIED;
    }

    /**
     * Someone locks the page that is mapped at {@code address}, be it for a device alone, with a reference as reclaim
     * would have one, and lets it go.
     */
    private void lockPage(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            return;
        }
        leaf.ptl().lock();
        Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
        if (!pte.isPresent() && !pte.isDeviceExclusive()) {
            leaf.ptl().unlock();
            return;
        }
        Page page = mm.memory().page(pte.pfn());
        mm.memory().getPage(page);
        leaf.ptl().unlock();
        page.lock().lock();
        page.lock().unlock();
        mm.memory().putPage(page);
    }

    /** The address space. */
    AddressSpace mm() {
        return mm;
    }

    /** The devices by name. */
    Map<String, SecondaryMmu> devices() {
        return Collections.unmodifiableMap(devices);
    }

    /** The number of its page 0 among the pages of all processes. */
    int firstPage() {
        return firstPage;
    }

    /** How many PTEs map a page now. */
    long mappings(Page page) {
        long mappings = 0;
        for (int address = 0; address < mm.pageTable().span(); address++) {
            Pte pte = mm.pageTable().peek(address);
            mappings += pte.isMapping() && pte.pfn() == page.pfn() ? 1 : 0;
        }
        return mappings;
    }

    /** What its actors have pinned. */
    Iterable<Pins> pins() {
        return pins.values();
    }

    /** Every word of the CPUs' translations. */
    List<Word> translationsOfCpus() {
        List<Word> words = new ArrayList<>();
        mm.cpus().forEach(cpu -> words.addAll(cpu.tlb().words()));
        return words;
    }

    /** Every word of the devices' translations. */
    List<Word> translationsOfDevices() {
        List<Word> words = new ArrayList<>();
        devices.values().forEach(device -> words.addAll(device.words()));
        return words;
    }
}
