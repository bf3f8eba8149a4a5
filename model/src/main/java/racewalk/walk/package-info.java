/**
 * Page tables that are walked while others change them: what a walk, and whoever changes entries, looks like; and those
 * of a process, with the walkers of the thread of 2020.
 */
package racewalk.walk;
