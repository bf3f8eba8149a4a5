/** The designs of the mmu notifier, each as its patch puts the calls into {@code mm/}, and what became of them. */
package racewalk.notifier;
