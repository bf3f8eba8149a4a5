package racewalk.hmm;

import racewalk.machine.Word;

/**
 * {@code dma_addr_t *}: a pointer to an entry of a directory.
 *
 * @param directory the directory
 * @param index the entry's number
 */
record Ptep(Directory directory, int index) {

    /** {@code ptep++}. */
    Ptep next() {
        return new Ptep(directory, index + 1);
    }

    /** The entry itself. */
    Word entry() {
        return directory.entry(index);
    }
}
