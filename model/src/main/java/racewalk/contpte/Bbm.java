package racewalk.contpte;

/** What the hardware stands when an entry's size is changed while a TLB may hold the old translation. */
public enum Bbm {
    /**
     * {@code FEAT_BBM} level 0: it wants break-before-make. With translations of two sizes for one address it may
     * raise a TLB conflict abort, or use an amalgamation of the two.
     */
    LEVEL_0,
    /** {@code system_supports_bbml2_noabort()}: it uses one of the two, and never aborts. */
    LEVEL_2_NO_ABORT
}
