package racewalk.specs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import racewalk.machine.Invariant;
import racewalk.machine.Word;
import racewalk.walk.LocklessTable;
import racewalk.walk.WalkedTable;
import racewalk.walk.WalkedTable.DirectoryPage;

/** The {@link Invariants} of walked tables, on a {@link TableRig}. */
final class TableInvariants {

    private final TableRig rig;

    private TableInvariants(TableRig rig) {
        this.rig = rig;
    }

    /** The invariant, of one rig. */
    static Invariant of(Invariants id, TableRig rig) {
        TableInvariants all = new TableInvariants(rig);
        Supplier<String> check = switch (id) {
            case DIRECTORY_NOT_FREED_UNDER_ITERATOR -> () -> all.ofPages(TableInvariants::freedWhileHeld);
            case DEAD_DIRECTORY_NEVER_REVIVED -> () -> all.ofPages(TableInvariants::revived);
            case NO_ENTRY_TO_A_FREE_DIRECTORY -> all::entryToAFreeDirectory;
            case DIRECTORY_COUNT_IS_HOLDERS_PLUS_ENTRIES -> all::wrongCount;
            case NO_DIRECTORY_LEAKED -> all::leaked;
            case NO_COPIED_PAGE_PINNED -> all::lostPin;
            default -> throw new IllegalArgumentException(id.title() + " is no invariant of tables");
        };
        List<Word> reads = new ArrayList<>(rig.words());
        if (id == Invariants.NO_COPIED_PAGE_PINNED) {
            all.collapsed().forEach(table -> reads.addAll(table.pinWords()));
        }
        return new Invariant(id.title(), reads, check);
    }

    private interface OfPage {
        String complaint(DirectoryPage page);
    }

    private String ofPages(OfPage check) {
        for (WalkedTable table : rig.tables()) {
            for (DirectoryPage page : table.pages()) {
                String complaint = check.complaint(page);
                if (complaint != null) {
                    return complaint;
                }
            }
        }
        return null;
    }

    private static String freedWhileHeld(DirectoryPage page) {
        return page.isFree() && page.holders() > 0 ? page + " is free, and protected by " + page.holders() : null;
    }

    private static String revived(DirectoryPage page) {
        return page.isDead() && page.references() > 0 ? page + " has died, and has a reference again" : null;
    }

    private String entryToAFreeDirectory() {
        for (WalkedTable table : rig.tables()) {
            Set<DirectoryPage> linked = Collections.newSetFromMap(new IdentityHashMap<>());
            String complaint = collect(table, table.root(), 1, linked);
            if (complaint != null) {
                return complaint;
            }
        }
        return null;
    }

    /** Adds the directories of level {@code level} and below that {@code entries} lead to. */
    private static String collect(WalkedTable table, List<Word> entries, int level, Set<DirectoryPage> linked) {
        if (level == table.levels()) {
            return null;
        }
        for (Word entry : entries) {
            DirectoryPage page = table.pageOf(entry.peek());
            if (page == null) {
                continue;
            }
            if (page.isFree()) {
                return entry + " leads to " + page + ", which is free";
            }
            linked.add(page);
            String complaint = collect(table, page.entries(), level + 1, linked);
            if (complaint != null) {
                return complaint;
            }
        }
        return null;
    }

    private String wrongCount() {
        for (WalkedTable table : rig.tables()) {
            for (DirectoryPage page : table.pages()) {
                if (page.isFree()) {
                    continue;
                }
                int valid = page.validEntries();
                long expected = page.holders() + valid;
                boolean wrong = page.holders() > 0 && page.references() < page.holders()
                        || rig.isQuiescent() && page.references() != expected;
                if (wrong) {
                    return page + " has " + page.references() + " references, " + page.holders() + " holders and "
                            + valid + " valid entries";
                }
            }
        }
        return null;
    }

    /** At rest: no walk protects a directory then. */
    private static boolean isUsed(DirectoryPage page) {
        return page.isOfUse() && page.holders() == 0;
    }

    private List<LocklessTable.Collapsed> collapsed() {
        return rig.tables().stream()
                .filter(LocklessTable.Collapsed.class::isInstance)
                .map(LocklessTable.Collapsed.class::cast)
                .toList();
    }

    private String lostPin() {
        for (LocklessTable.Collapsed table : rig.isQuiescent() ? collapsed() : List.<LocklessTable.Collapsed>of()) {
            for (int address = 0; address < rig.span(); address++) {
                if (table.hasLostPin(address)) {
                    return "the page of entry " + address + " is pinned, and another one is mapped there";
                }
            }
        }
        return null;
    }

    private String leaked() {
        if (!rig.isQuiescent()) {
            return null;
        }
        for (WalkedTable table : rig.tables()) {
            Set<DirectoryPage> linked = Collections.newSetFromMap(new IdentityHashMap<>());
            collect(table, table.root(), 1, linked);
            List<DirectoryPage> lost = new ArrayList<>(table.pages());
            lost.removeIf(page -> page.isFree() || linked.contains(page) && isUsed(page));
            if (!lost.isEmpty()) {
                return lost.getFirst() + " is neither free nor linked, or of no use";
            }
        }
        return null;
    }
}
