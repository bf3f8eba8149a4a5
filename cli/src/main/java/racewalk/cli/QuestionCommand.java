package racewalk.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import racewalk.specs.Entry;
import racewalk.specs.Question;

/** {@code racewalk question}: the answer to a question, from the committed ledger. */
@Command(
        name = "question",
        description = "Answer a question from the committed ledger, which 'racewalk gate' proves again.",
        mixinStandardHelpOptions = true)
final class QuestionCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "The question's id; see 'racewalk list questions'.")
    private String id;

    @Override
    public Integer call() {
        Home home = Home.find();
        Question question = home.question(id);
        List<Entry> known = home.known();
        System.out.print(QuestionReport.of(question, known));
        boolean open = question.settle(known).stream().anyMatch(settled -> settled.answer() == Question.Answer.OPEN);
        return open ? ExitCode.INCONCLUSIVE : ExitCode.AS_EXPECTED;
    }
}
