package dev.meerkat.api;

/** Another live session of the realm has this comms name. */
public final class CommsNameTakenException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "comms_name_taken";

    /**
     * A taken name.
     *
     * @param realm the realm
     * @param commsName the name
     * @param holder the session that has it
     */
    public CommsNameTakenException(String realm, String commsName, SessionId holder) {
        super(
                CODE,
                "comms_name is taken in realm \"" + realm + "\": \"" + commsName + "\" (by session " + holder + ")");
    }
}
