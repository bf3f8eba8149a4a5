/**
 * Entries that stand together: ARM64's contiguous PTEs, which hardware may cache as one large translation, over a leaf
 * table of a process with large folios; x86, which has none; and the page tables of hugetlb made of them.
 */
package racewalk.contpte;
