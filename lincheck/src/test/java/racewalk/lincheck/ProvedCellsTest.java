package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import racewalk.specs.Verdict;

/** What the ledger has proved, by an engine that shares nothing with the one that computed it. */
class ProvedCellsTest {

    @Test
    void designThatIsProvedIsNotRefuted() {
        JudgedCell.compare(JudgedCell.oneOfEach(JudgedCell.all(Verdict.PROVED)), 1);
    }

    @Test
    @Tag("nightly")
    void whateverIsProvedIsNotRefuted() {
        JudgedCell.compare(JudgedCell.all(Verdict.PROVED), JudgedCell.NIGHTLY);
    }

    @Test
    void everyDesignOfTheLedgerIsInACellThatIsChosen() {
        Set<String> chosen = new HashSet<>();
        for (Verdict verdict : Verdict.values()) {
            JudgedCell.oneOfEach(JudgedCell.all(verdict))
                    .forEach(judged -> chosen.addAll(judged.cell().ids().values()));
        }
        Set<String> inSomeCell = new HashSet<>();
        JudgedCell.all().forEach(judged -> inSomeCell.addAll(judged.cell().ids().values()));
        assertEquals(inSomeCell, chosen);
    }
}
