package racewalk.mm;

import racewalk.machine.Task;

/**
 * A CPU that runs one thread of the process.
 *
 * @param task who takes its steps
 * @param tlb its translations
 */
public record Cpu(Task task, Tlb tlb) {}
