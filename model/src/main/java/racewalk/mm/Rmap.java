package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.RwSemaphore;
import racewalk.machine.Word;

/**
 * The reverse map of {@code mm/rmap.c} of Linux 4.9, era 2016, for a process and its children: from an anonymous page
 * to the VMAs that may map it. All {@code anon_vma}s of the family have one lock, {@code anon_vma->root->rwsem}, which
 * sleeps: a walk holds it for read, who links or unlinks a VMA for write.
 *
 * <p>A page belongs to the {@code anon_vma} of the process that has faulted it in, {@code page->mapping}. A fork links
 * the child's VMAs to what its parent's are linked to, before it copies an entry, and after the parent's: so a walk
 * comes to the parent first. All VMAs are linked from the beginning, and not once a fault has called {@code
 * anon_vma_prepare}: until then there is no page to find [R].
 */
public final class Rmap {

    /** {@code page->mapping == NULL}. */
    static final long NO_MAPPING = 0;

    /** {@code page->mapping} of a file's page, with {@code page->index}, as a {@link PageCache} has it. */
    static long mappingOfFile(int index) {
        return -1L - index;
    }

    /** {@code page->index} of a file's page. */
    static int indexInFile(long mapping) {
        return (int) (-1 - mapping);
    }

    /** Whether {@code page->mapping} is that of a file. */
    static boolean isMappingOfFile(long mapping) {
        return mapping < NO_MAPPING;
    }

    /**
     * A process of the family.
     *
     * @param mm the process
     * @param notifier its mmu notifiers
     */
    public record Member(AddressSpace mm, NotifierSites notifier) {}

    /** What a walk does at a VMA. */
    @FunctionalInterface
    public interface Visit {
        /**
         * The VMA of {@code member} may map the page at {@code address}. With the lock of the rmap held for read.
         *
         * @param walk the walk and where it is, as {@link Machine#localsAre} has it
         * @return whether the walk goes on
         */
        boolean one(Member member, int address, String walk);
    }

    private final RwSemaphore lock;
    private final List<Member> members = new ArrayList<>();
    private final List<Word> vmas = new ArrayList<>();
    private final Machine machine;

    /** The rmap of a family without members. */
    public Rmap(Machine machine) {
        this.machine = machine;
        this.lock = machine.rwSemaphore(LockClass.ANON_VMA, "anon_vma->root->rwsem");
    }

    /**
     * Adds a process, the parent before its children.
     *
     * @param linked whether its VMAs are linked already
     */
    public void add(String prefix, AddressSpace mm, NotifierSites notifier, boolean linked) {
        int span = mm.pageTable().span();
        members.add(new Member(mm, notifier));
        vmas.add(machine.word(prefix + "anon_vma", linked ? (1L << span) - 1 : 0, Long::toBinaryString));
    }

    /** {@code page_add_new_anon_rmap}, {@code folio_move_anon_rmap}: {@code page->mapping}. */
    public void addNew(Page page, AddressSpace mm) {
        page.mapping().writeOnce(numberOf(mm) + 1L);
    }

    /** {@code newpage->mapping = page->mapping}, of {@code migrate_page_move_mapping}. */
    public void move(Page page, Page newPage) {
        newPage.mapping().writeOnce(page.mapping().readOnce());
    }

    /** Whether {@code page->mapping} is that of a file: not {@code PageAnon}. */
    public boolean isOfFile(Page page) {
        return members.getFirst().mm().pageCache() != null
                && isMappingOfFile(page.mapping().readOnce());
    }

    /** Whether {@code page->mapping} is set. */
    public boolean hasMapping(Page page) {
        return page.mapping().readOnce() != NO_MAPPING;
    }

    /** {@code anon_vma_fork} of all VMAs of a child. */
    void fork(AddressSpace child) {
        change(child, linked -> linked.or((1L << child.pageTable().span()) - 1));
    }

    /** {@code unlink_anon_vmas} of the VMAs of {@code [start, end)}, in {@code free_pgtables}. */
    void unlink(AddressSpace mm, int start, int end) {
        change(mm, linked -> linked.andNot((1L << end) - (1L << start)));
    }

    private void change(AddressSpace mm, Consumer<Word> change) {
        lock.downWrite();
        change.accept(vmas.get(numberOf(mm)));
        lock.upWrite();
    }

    /**
     * {@code rmap_walk}. {@code rmap_walk_anon} visits the VMAs that may map the page, whose index is {@code address};
     * none if the page has no {@code anon_vma}. The page must be locked, so that it keeps the one that it has. That of
     * a file's page is in the file: {@link PageCache}.
     */
    public void walk(Page page, int address, Visit visit) {
        long mapping = page.mapping().readOnce();
        if (mapping == NO_MAPPING) { // page_anon_vma: not PageAnon
            return;
        }
        if (isMappingOfFile(mapping)) {
            members.getFirst().mm().pageCache().walk(indexInFile(mapping), visit);
            return;
        }
        lock.downRead();
        int owner = (int) mapping - 1;
        int end = owner == 0 ? members.size() : owner + 1; // only the first process forks
        boolean goesOn = true;
        for (int number = owner; number < end && goesOn; number++) {
            goesOn = visitLinked(number, address, visit, members.get(number).mm() + " until " + end);
        }
        lock.upRead();
    }

    /** The same, backwards: from the child to the parent. No kernel does so. */
    public void walkBackwards(Page page, int address, Visit visit) {
        long mapping = page.mapping().readOnce();
        if (mapping == NO_MAPPING) {
            return;
        }
        lock.downRead();
        int owner = (int) mapping - 1;
        int last = owner == 0 ? members.size() - 1 : owner;
        boolean goesOn = true;
        for (int number = last; number >= owner && goesOn; number--) {
            goesOn = visitLinked(number, address, visit, members.get(number).mm() + " back to " + owner);
        }
        lock.upRead();
    }

    private boolean visitLinked(int number, int address, Visit visit, String walk) {
        return vmas.get(number).readOnce(1L << address) == 0 || visit.one(members.get(number), address, walk);
    }

    private int numberOf(AddressSpace mm) {
        for (int number = 0; number < members.size(); number++) {
            if (members.get(number).mm() == mm) {
                return number;
            }
        }
        throw new IllegalArgumentException("no process of the family");
    }

    static String showMapping(long mapping) {
        if (isMappingOfFile(mapping)) {
            return "file, page " + indexInFile(mapping);
        }
        return mapping == NO_MAPPING ? "none" : "anon_vma of process " + (mapping - 1);
    }
}
