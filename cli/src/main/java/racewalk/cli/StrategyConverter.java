package racewalk.cli;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import racewalk.explore.Strategy;

/** Reads the names of strategies. */
final class StrategyConverter implements ITypeConverter<Strategy> {

    @Override
    public Strategy convert(String text) {
        return Stream.of(Strategy.values())
                .filter(strategy -> name(strategy).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("expected "
                        + Stream.of(Strategy.values())
                                .map(StrategyConverter::name)
                                .collect(Collectors.joining(", "))
                        + ", not '" + text + "'"));
    }

    private static String name(Strategy strategy) {
        return strategy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
