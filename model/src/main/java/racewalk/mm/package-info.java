/**
 * The kernel's memory management: frames, page tables, VMAs, TLBs, and the functions of {@code mm/} that change them,
 * of the era that each class names. Nothing here knows of a notifier design, only of the places at which one may put a
 * call.
 */
package racewalk.mm;
