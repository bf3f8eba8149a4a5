package racewalk.notifier;

/**
 * {@link Lameter} without {@code atomic}: where a file is cut nobody is told by {@code zap_page_range}, and all by
 * {@code unmap_mapping_range} when it has dropped {@code i_mmap_lock}. "The invalidate may be deferred after releasing
 * the lock", Andrea Arcangeli, "Re: [patch 1/6] mmu_notifier: Core code", 17 February 2008, and before that in "Re:
 * [patch 2/6]", 30 January. Nobody posted it: that it is a begin and an end with nothing between is deduced, and so is
 * that the list is walked outside RCU [R].
 */
public final class LameterAfterLock extends Lameter {

    /** The notifier of one address space. */
    public LameterAfterLock() {
        super(new FixedList<>());
    }

    /** {@code zap_page_range}: begin, unless {@code details->i_mmap_lock} is held. */
    @Override
    public void beforeZapPageRange(int start, int end, boolean atomic) {
        if (!atomic) {
            begin(start, end);
        }
    }

    /** {@code zap_page_range}: end, unless {@code details->i_mmap_lock} is held. */
    @Override
    public void afterZapTlbFinish(int start, int end, boolean atomic) {
        if (!atomic) {
            end(start, end);
        }
    }

    /** {@code unmap_mapping_range}: begin and end. */
    @Override
    public void afterUnmapMappingRange(int start, int end) {
        begin(start, end);
        end(start, end);
    }
}
