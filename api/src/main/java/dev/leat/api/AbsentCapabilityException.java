package dev.leat.api;

/** A store was asked for something it does not have; the message names what to use instead. */
public final class AbsentCapabilityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String capability;

    /**
     * Tells what is missing and where it is to be had.
     *
     * @param capability the capability's word, such as {@code transactional-enqueue}
     * @param store the store that lacks it
     * @param instead a store which has it
     */
    public AbsentCapabilityException(String capability, String store, String instead) {
        super("store \"" + store + "\" has no " + capability + "; use store \"" + instead + "\", which has it");
        this.capability = capability;
    }

    public String capability() {
        return capability;
    }
}
