/**
 * The designs on real CPUs, by jcstress: a test is generated from each case, whose outcomes the explorer computes.
 * {@link racewalk.stress.Main} runs cells; {@code docs/stress.md} says what this can see and what not.
 */
package racewalk.stress;
