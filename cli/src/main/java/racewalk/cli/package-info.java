/** The {@code racewalk} command: computes verdicts, and shows them as text, JSON and JUnit XML. */
package racewalk.cli;
