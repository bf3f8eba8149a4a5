/**
 * The exhaustive explorer. A task is a deterministic function of the values that its primitives returned; so its code
 * runs only to extend a trie of those values ({@link racewalk.explore.LocalAutomaton}), and the search walks over tries
 * with an undo log ({@link racewalk.explore.World}). It knows the machine and nothing of what is modelled on it.
 */
package racewalk.explore;
