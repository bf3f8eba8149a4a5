/**
 * The memory orders of the machine's words, one class for each pattern that the kernel relies on. What the Java memory
 * model allows is {@code ACCEPTABLE_INTERESTING} even where no processor of this kind shows it.
 */
package racewalk.stress.orders;
