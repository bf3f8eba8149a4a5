/** The designs on real CPUs, by jcstress. */
package racewalk.stress;
