/** HMM of 2015: its own page table, and the iterators that were argued over. */
package racewalk.hmm;
