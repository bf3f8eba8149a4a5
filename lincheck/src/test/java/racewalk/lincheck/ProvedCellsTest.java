package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import racewalk.specs.Verdict;

/** What the ledger has proved, by an engine that shares nothing with the one that computed it. */
class ProvedCellsTest {

    @Test
    void designThatIsProvedEverywhereIsNotRefuted() {
        JudgedCell.compare(JudgedCell.ofOtherDesigns(), 1);
    }

    @Test
    @Tag("nightly")
    void whateverIsProvedIsNotRefuted() {
        JudgedCell.compare(JudgedCell.all(Verdict.PROVED), JudgedCell.NIGHTLY);
    }

    @Test
    void everyDesignOfTheLedgerIsInACellThatIsChosen() {
        Set<String> chosen = JudgedCell.designs(JudgedCell.ofRefutedDesigns());
        chosen.addAll(JudgedCell.designs(JudgedCell.ofOtherDesigns()));
        assertEquals(JudgedCell.designs(JudgedCell.all()), chosen);
    }
}
