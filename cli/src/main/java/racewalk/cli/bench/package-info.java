/** {@code racewalk bench}: how fast the explorer is, beside what else there is. */
package racewalk.cli.bench;
