package dev.meerkat.api;

/** What a sender declares of its content's trustworthiness; {@code content_taint} on the wire. */
public enum ContentTaint {
    /** Nothing is declared. */
    UNDECLARED,
    /** The sender vouches for the content. */
    CLEAN,
    /** The content holds, or was made from, untrusted material. */
    TAINTED
}
