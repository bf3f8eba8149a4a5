package racewalk.specs;

import java.util.ArrayList;
import java.util.List;

/**
 * A renaming under which a scenario is said to be the same: each of the actors becomes the next and the last one the
 * first, and likewise the pages. The explorer checks it where it uses it.
 *
 * @param actors CPUs, or devices
 * @param pages pages of the one leaf table; none if they stay what they are
 */
public record Cycle(List<String> actors, List<Integer> pages) {

    /** Copies are kept. */
    public Cycle {
        actors = List.copyOf(actors);
        pages = List.copyOf(pages);
    }

    /** The actor that an actor is renamed to. */
    public String actor(String actor) {
        int at = actors.indexOf(actor);
        return at < 0 ? actor : actors.get((at + 1) % actors.size());
    }

    /** The page that a page is renamed to. */
    public int page(int page) {
        int at = pages.indexOf(page);
        return at < 0 ? page : pages.get((at + 1) % pages.size());
    }

    /** The operation on the pages as they are renamed; one on several pages only if they stay what they are. */
    Operation renamed(Operation operation) {
        if (pages.isEmpty()) {
            return operation;
        }
        if (operation.end() != operation.start() + 1) {
            return null;
        }
        int page = page(operation.start());
        return switch (operation) {
            case Operation.Load _ -> new Operation.Load(page);
            case Operation.Store(int _, long value) -> new Operation.Store(page, value);
            case Operation.Munmap _ -> new Operation.Munmap(page, page + 1);
            case Operation.Dontneed _ -> new Operation.Dontneed(page, page + 1);
            case Operation.Mprotect(int _, int _, var protection) -> new Operation.Mprotect(page, page + 1, protection);
            case Operation.ClearRefs _ -> new Operation.ClearRefs(page, page + 1);
            case Operation.Prefault _ -> new Operation.Prefault(page, page + 1);
            case Operation.Reslot _ -> new Operation.Reslot(page, page + 1);
            case Operation.LockPage _ -> new Operation.LockPage(page);
            case Operation.Age _ -> new Operation.Age(page);
            case Operation.Reclaim _ -> new Operation.Reclaim(page);
            case Operation.Writeback _ -> new Operation.Writeback(page, page + 1);
            case Operation.Truncate _ -> null;
            case Operation.Migrate _, Operation.Pin _, Operation.Dma _, Operation.Unpin _ -> null;
            case Operation.MigrateToDevice _, Operation.MigrateToSystem _, Operation.Evict _, Operation.Snapshot _ ->
                null;
            case Operation.Exclusive _, Operation.CheckExclusive _, Operation.Exchange _ -> null;
            case Operation.Fork _, Operation.Register _, Operation.Unregister _, Operation.Exit _ -> null;
            case Operation.OfTable _, Operation.OfContpte _ -> null;
        };
    }

    @Override
    public String toString() {
        List<String> names = new ArrayList<>(actors);
        pages.forEach(page -> names.add("page " + page));
        return String.join(", ", names);
    }
}
