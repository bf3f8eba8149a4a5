/**
 * The machine that model code runs on: words, locks, RCU, waiting, allocation, the environment's choices, and the rules
 * of locking that hold under every engine.
 */
package racewalk.machine;
