package racewalk.lincheck;

/**
 * What a run violates.
 *
 * @param property the property's name, as the ledger has it
 * @param message what is wrong, for people
 */
public record Violation(String property, String message) {}
