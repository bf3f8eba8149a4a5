package racewalk.specs;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import racewalk.migrate.HmmVmaMigrate.Repair;

/**
 * The designs of one patch: as it was posted, with every repair, and without each of them.
 *
 * @param posted the id of the design as posted
 * @param repaired the id of the one with all repairs
 * @param without for each repair the id of the design that has all others
 */
public record RepairedPatch(String posted, String repaired, Map<Repair, String> without) {

    /** A copy of the map is kept. */
    public RepairedPatch {
        without = Collections.unmodifiableMap(new EnumMap<>(without));
    }
}
