/** HMM of 2015: its own page table and iterators, mirrors of a process, their events, device faults. */
package racewalk.hmm;
