package dev.meerkat.client;

import dev.meerkat.api.NotDoneException;

/** The server speaks a contract line that this client does not know, so nothing was done. */
public final class ContractMismatchException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "contract_mismatch";

    /**
     * An unknown line.
     *
     * @param announced the version as the server gave it
     */
    public ContractMismatchException(String announced) {
        super(CODE, "contract_version must be of line 0.6, 0.7, 0.8 or 0.9, and the server announced: " + announced);
    }
}
