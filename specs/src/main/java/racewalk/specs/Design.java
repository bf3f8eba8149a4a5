package racewalk.specs;

import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import racewalk.contpte.Bbm;
import racewalk.contpte.LeafTable;
import racewalk.contpte.LeftOut;
import racewalk.contpte.Ptes;
import racewalk.contpte.Tlbs;
import racewalk.machine.Machine;
import racewalk.migrate.Migration;
import racewalk.mm.AddressSpace;
import racewalk.mm.Fault;
import racewalk.mm.Files;
import racewalk.mm.Fork;
import racewalk.mm.GetUserPages;
import racewalk.mm.GupFast;
import racewalk.mm.NotifierSites;
import racewalk.mm.PageReferenced;
import racewalk.mm.PageTable.PtLocks;
import racewalk.mm.Unmap;
import racewalk.notifier.ChangingList;
import racewalk.secondary.Driver;
import racewalk.secondary.ListDriver;
import racewalk.secondary.NotifiedMmu;
import racewalk.walk.TableShape;
import racewalk.walk.WalkedTable;

/** A way to do something, as someone proposed it: a parameter of scenarios. */
public sealed interface Design {

    /** What a design is a design of; the keys of {@code designs} in scenarios and of {@code --design}. */
    enum Kind {
        /** The memory management itself. */
        MM,
        /** The mmu notifier. */
        NOTIFIER,
        /** The secondary MMU. */
        SECONDARY,
        /** A page table that is walked while others change it: a scenario has either this kind or the others. */
        TABLE;

        /** The kind's name in files and on the command line. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a design of one time has, and others cannot go without. */
    enum Trait {
        /** Of 2015: a notifier with active ranges and events, and who is told by these alone. */
        ACTIVE_RANGES,
        /** Of today: memory that is a device's own. */
        DEVICE_MEMORY,
        /** Of 2008: a notifier that tells when the page of a file is made clean. */
        FILES
    }

    /**
     * What every design has.
     *
     * @param id the name in files and on the command line
     * @param title one sentence
     * @param source the mail, commit or file that it models
     * @param traits what it has of its time
     */
    record About(String id, String title, String source, Set<Trait> traits) {

        /** A copy is kept. */
        public About {
            traits = Set.copyOf(traits);
        }

        /** A design like most. */
        public About(String id, String title, String source) {
            this(id, title, source, Set.of());
        }
    }

    /** What the design has in common with all. */
    About about();

    /** What it is a design of. */
    default Kind kind() {
        return switch (this) {
            case Mm _ -> Kind.MM;
            case Notifier _ -> Kind.NOTIFIER;
            case Secondary _ -> Kind.SECONDARY;
            case OfTable _ -> Kind.TABLE;
        };
    }

    /** The name in files and on the command line. */
    default String id() {
        return about().id();
    }

    /** Whether it is one of those. */
    default boolean has(Trait trait) {
        return about().traits().contains(trait);
    }

    /**
     * How memory is unmapped, how a fault is served, how a process is forked, how a page is aged; its PT locks; how
     * pages migrate, null if they do not; how they are pinned without a lock, and what is done to pages of files, null
     * if that is not modelled.
     */
    record Mm(
            About about,
            BiFunction<AddressSpace, NotifierSites, Unmap> unmap,
            BiFunction<AddressSpace, NotifierSites, Fault> fault,
            Forker fork,
            BiFunction<AddressSpace, NotifierSites, PageReferenced> pageReferenced,
            PtLocks ptLocks,
            BiFunction<AddressSpace, NotifierSites, Migration> migration,
            Function<AddressSpace, GupFast> gupFast,
            Files files)
            implements Design {

        /** A design that maps no file. */
        public Mm(
                About about,
                BiFunction<AddressSpace, NotifierSites, Unmap> unmap,
                BiFunction<AddressSpace, NotifierSites, Fault> fault,
                Forker fork,
                BiFunction<AddressSpace, NotifierSites, PageReferenced> pageReferenced,
                PtLocks ptLocks,
                BiFunction<AddressSpace, NotifierSites, Migration> migration,
                Function<AddressSpace, GupFast> gupFast) {
            this(about, unmap, fault, fork, pageReferenced, ptLocks, migration, gupFast, null);
        }

        /** The same design, which maps files. */
        Mm mapping(Files how) {
            return mapping(about, how);
        }

        /** A design that does the same but for files. */
        Mm mapping(About other, Files how) {
            return new Mm(other, unmap, fault, fork, pageReferenced, ptLocks, migration, gupFast, how);
        }

        /** A design that does the same but for unmapping. */
        Mm unmapping(BiFunction<AddressSpace, NotifierSites, Unmap> how) {
            return new Mm(about, how, fault, fork, pageReferenced, ptLocks, migration, gupFast, files);
        }

        /** A design that does the same but for how pages migrate. */
        Mm migrating(BiFunction<AddressSpace, NotifierSites, Migration> how) {
            return new Mm(about, unmap, fault, fork, pageReferenced, ptLocks, how, gupFast, files);
        }

        /** A design in which pages do not migrate. */
        public Mm(
                About about,
                BiFunction<AddressSpace, NotifierSites, Unmap> unmap,
                BiFunction<AddressSpace, NotifierSites, Fault> fault,
                Forker fork,
                BiFunction<AddressSpace, NotifierSites, PageReferenced> pageReferenced,
                PtLocks ptLocks) {
            this(about, unmap, fault, fork, pageReferenced, ptLocks, null, null);
        }

        /** A design with the ageing of Linux 2.6.24, and split PT locks. */
        public Mm(
                About about,
                BiFunction<AddressSpace, NotifierSites, Unmap> unmap,
                BiFunction<AddressSpace, NotifierSites, Fault> fault,
                Forker fork) {
            this(about, unmap, fault, fork, PageReferenced::new, PtLocks.SPLIT);
        }

        /** A design with the faults and the fork of Linux 2.6.24. */
        public Mm(About about, BiFunction<AddressSpace, NotifierSites, Unmap> unmap) {
            this(about, unmap, Fault::new, Fork::new);
        }
    }

    /** Makes the fork of one process into another. */
    @FunctionalInterface
    interface Forker {
        /** The fork of {@code parent}, told to {@code notifier}; {@code exit} takes the child apart if it fails. */
        Fork make(AddressSpace parent, NotifierSites notifier, AddressSpace child, Unmap exit);
    }

    /**
     * Where secondary MMUs are told.
     *
     * @param attach makes it, with a list that does not change while the tasks run
     * @param changing makes it with a list for so many notifiers that is changed as the patch does it; null if that is
     *     not modelled
     */
    record Notifier(About about, Function<Machine, Attached> attach, BiFunction<Machine, Integer, Attached> changing)
            implements Design {

        /** A notifier whose list does not change. */
        public Notifier(About about, Function<Machine, Attached> attach) {
            this(about, attach, null);
        }
    }

    /** A secondary MMU; {@code make} gets the device's name. */
    record Secondary(About about, Maker make) implements Design {}

    /** A page table that a scenario has instead of the others. */
    sealed interface OfTable extends Design {}

    /** A page table that is walked while others change it. */
    record Table(About about, TableMaker maker) implements OfTable {}

    /** A leaf table whose entries may be contiguous, on hardware that stands so much, with something left out. */
    record Contiguous(About about, PtesMaker ptes, Bbm bbm, Set<LeftOut> leftOut) implements OfTable {}

    /** Makes the functions by which core code uses entries. */
    @FunctionalInterface
    interface PtesMaker {
        /** Those of {@code table}, with something left out. */
        Ptes make(LeafTable table, Tlbs tlbs, Set<LeftOut> leftOut);
    }

    /** Makes a walked table. */
    @FunctionalInterface
    interface TableMaker {
        /** The table {@code name}, with nothing in it. */
        WalkedTable make(Machine machine, String name, TableShape shape);
    }

    /**
     * A notifier of one address space.
     *
     * @param sites its calls in {@code mm/}
     * @param register adds a secondary MMU to its list, before the tasks start
     * @param drivers makes the driver that does so while the tasks run; null if they do not change
     */
    record Attached(NotifierSites sites, Consumer<NotifiedMmu> register, Driver.Maker drivers) {

        /** A notifier with a list that changes. */
        public Attached(NotifierSites sites, ChangingList<? super NotifiedMmu> list) {
            this(sites, list::register, (name, device, mm) -> new ListDriver(mm.machine(), name, device, list, mm));
        }

        /** A notifier whose list does not change. */
        public Attached(NotifierSites sites, Consumer<NotifiedMmu> register) {
            this(sites, register, null);
        }
    }

    /** Makes a secondary MMU. */
    @FunctionalInterface
    interface Maker {
        /** The device {@code name} on {@code mm}. */
        NotifiedMmu make(String name, AddressSpace mm, GetUserPages gup);
    }
}
