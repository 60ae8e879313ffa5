package dev.meerkat.api;

/** What a peer response says of its request; {@code status} on the wire. */
public enum ResponseStatus {
    /** Progress: the request was taken on. It wakes nobody, and a terminal response may follow. */
    ACCEPTED,
    /** Terminal: done, with a result. */
    COMPLETED,
    /** Terminal: given up, with a result that says why. */
    FAILED,
    /**
     * Terminal: the request's time to live has passed and no terminal response had come. The runtime says so in the name of
     * the responder, who may have done what was asked for; nobody else can send it. Other makers' clients read {@code failed}.
     */
    OVERDUE;

    /** {@return whether no further response may follow: false for {@link #ACCEPTED} only} */
    public boolean terminal() {
        return this != ACCEPTED;
    }
}
