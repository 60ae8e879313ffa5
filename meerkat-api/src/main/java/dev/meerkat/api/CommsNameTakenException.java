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

    /**
     * The realm.
     *
     * @return its name
     */
    public String realm() {
        return realm;
    }

    /**
     * The name that is taken.
     *
     * @return the comms name
     */
    public String commsName() {
        return commsName;
    }

    /**
     * The session that has it.
     *
     * @return its id
     */
    public SessionId holder() {
        return holder;
    }
}
