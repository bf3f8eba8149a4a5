package racewalk.specs;

import java.util.LinkedHashMap;
import java.util.Map;
import racewalk.specs.Design.Kind;

/**
 * A choice of one design of each kind.
 *
 * @param mm the memory management
 * @param notifier the notifier
 * @param secondary the secondary MMU; null in a scenario without devices
 */
public record Cell(Design.Mm mm, Design.Notifier notifier, Design.Secondary secondary) {

    /** The designs' ids by kind, without a kind that the scenario has not. */
    public Map<Kind, String> ids() {
        Map<Kind, String> ids = new LinkedHashMap<>();
        ids.put(Kind.MM, mm.id());
        ids.put(Kind.NOTIFIER, notifier.id());
        if (secondary != null) {
            ids.put(Kind.SECONDARY, secondary.id());
        }
        return ids;
    }

    @Override
    public String toString() {
        return String.join("/", ids().values());
    }
}
