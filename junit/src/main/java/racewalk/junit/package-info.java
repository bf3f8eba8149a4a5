/**
 * Explores code that is written on {@link racewalk.machine.Machine} from ordinary JUnit tests: {@link
 * racewalk.junit.Explore}.
 */
package racewalk.junit;
