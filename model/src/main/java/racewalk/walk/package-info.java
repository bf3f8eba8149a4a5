/** Page tables that are walked while others change them: what a walk, and whoever changes entries, looks like. */
package racewalk.walk;
