package dev.meerkat.core.internal.session;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.Fenced;

/** Another owner has the session, so its loop must do nothing more. */
public final class FencedFault extends StoreFault {
    private static final long serialVersionUID = 1L;

    private final transient Fenced by;

    FencedFault(SessionId session, Fenced by) {
        super(message(session, by), null);
        this.by = by;
    }

    Fenced by() {
        return by;
    }

    /** For one whose call was not done because of it. */
    public static StoreException refusal(SessionId session, Fenced by) {
        return new StoreException(
                message(session, by) + ", so nothing of this call was stored", new FencedFault(session, by));
    }

    /** Whether this is what {@link #refusal} made. */
    public static boolean isReasonOf(StoreException e) {
        return e.getCause() instanceof FencedFault;
    }

    private static String message(SessionId session, Fenced by) {
        return "session " + session + " belongs to " + by.holder() + " now, by epoch " + by.epoch();
    }
}
