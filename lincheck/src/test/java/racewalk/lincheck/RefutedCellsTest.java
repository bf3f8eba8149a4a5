package racewalk.lincheck;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import racewalk.specs.Verdict;

/** What the ledger has refuted, by an engine that shares nothing with the one that computed it. */
class RefutedCellsTest {

    @Test
    void designThatIsRefutedIsRefuted() {
        JudgedCell.compare(JudgedCell.ofRefutedDesigns(), 1);
    }

    @Test
    @Tag("nightly")
    void whateverIsRefutedIsRefuted() {
        JudgedCell.compare(JudgedCell.all(Verdict.REFUTED), JudgedCell.NIGHTLY);
    }
}
