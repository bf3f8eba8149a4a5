package racewalk.cli;

import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import racewalk.explore.Strategy;

/** The option of commands whose user may choose how to search. */
final class StrategyOption {

    @Option(
            names = "--strategy",
            defaultValue = "SLEEP",
            converter = Converter.class,
            completionCandidates = Names.class,
            paramLabel = "NAME",
            description = "How to search: ${COMPLETION-CANDIDATES}. Default: sleep.")
    private Strategy strategy;

    Strategy strategy() {
        return strategy;
    }

    /** The name of a strategy on the command line. */
    static String name(Strategy strategy) {
        return strategy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The names of all strategies. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Strategy.values()).map(StrategyOption::name).iterator();
        }
    }

    /** Reads the names of strategies. */
    static final class Converter implements ITypeConverter<Strategy> {
        @Override
        public Strategy convert(String text) {
            return Stream.of(Strategy.values())
                    .filter(strategy -> name(strategy).equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected " + String.join(", ", new Names()) + ", not '" + text + "'"));
        }
    }
}
