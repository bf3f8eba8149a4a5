package racewalk.specs;

import java.util.LinkedHashMap;
import java.util.Map;
import racewalk.specs.Design.Kind;

/**
 * A choice of one design of each kind that a scenario has: either a walked table, or the others.
 *
 * @param mm the memory management
 * @param notifier the notifier
 * @param secondary the secondary MMU; null in a scenario without devices
 * @param table the walked table; null in a scenario without tables, and the others are null in one with
 */
public record Cell(Design.Mm mm, Design.Notifier notifier, Design.Secondary secondary, Design.OfTable table) {

    /** A choice for a scenario with a memory. */
    public Cell(Design.Mm mm, Design.Notifier notifier, Design.Secondary secondary) {
        this(mm, notifier, secondary, null);
    }

    /** A choice for a scenario with walked tables. */
    public Cell(Design.OfTable table) {
        this(null, null, null, table);
    }

    /** The same choice with some designs replaced, of kinds that the scenario has. */
    public Cell with(Map<Kind, Design> chosen) {
        return table != null
                ? new Cell((Design.OfTable) chosen.getOrDefault(Kind.TABLE, table))
                : new Cell(
                        (Design.Mm) chosen.getOrDefault(Kind.MM, mm),
                        (Design.Notifier) chosen.getOrDefault(Kind.NOTIFIER, notifier),
                        secondary == null ? null : (Design.Secondary) chosen.getOrDefault(Kind.SECONDARY, secondary));
    }

    /** The designs' ids by kind, without a kind that the scenario has not. */
    public Map<Kind, String> ids() {
        Map<Kind, String> ids = new LinkedHashMap<>();
        for (Design design : new Design[] {mm, notifier, secondary, table}) {
            if (design != null) {
                ids.put(design.kind(), design.id());
            }
        }
        return ids;
    }

    @Override
    public String toString() {
        return String.join("/", ids().values());
    }
}
