package dev.meerkat.api;

/** Another live session of the realm has this comms name. */
public final class CommsNameTakenException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "comms_name_taken";

    /** The realm. */
    private final String realm;

    /** The name. */
    private final String commsName;

    /** Who has it. */
    private final SessionId holder;

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
        this.realm = realm;
        this.commsName = commsName;
        this.holder = holder;
    }

    /** {@return the name of the realm} */
    public String realm() {
        return realm;
    }

    /** {@return the comms name that is taken} */
    public String commsName() {
        return commsName;
    }

    /** {@return the id of the session that has it} */
    public SessionId holder() {
        return holder;
    }
}
