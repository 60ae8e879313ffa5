package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import java.util.Objects;

/** The session that gets the events of a route. Immutable and thread-safe. */
public abstract sealed class WebhookTarget {
    private WebhookTarget() {}

    /**
     * The live session that has a name when a delivery comes.
     *
     * @param commsName its name in the default realm
     * @return the target
     */
    public static WebhookTarget named(String commsName) {
        return named(SessionSpec.DEFAULT_REALM, commsName);
    }

    /**
     * The live session that has a name when a delivery comes.
     *
     * @param realm the realm of the name
     * @param commsName its name
     * @return the target
     */
    public static WebhookTarget named(String realm, String commsName) {
        return new Named(notBlank(realm, "realm"), notBlank(commsName, "comms_name"));
    }

    /**
     * One session for ever.
     *
     * @param id its id
     * @return the target
     */
    public static WebhookTarget of(SessionId id) {
        return new ById(Objects.requireNonNull(id, "id"));
    }

    /**
     * The live session with the spec's name; the first delivery creates it if there is none. Deliveries that come at the
     * same time create one session.
     *
     * @param spec how it is created; needs a comms name
     * @return the target
     * @throws InvalidFieldException if the spec has no comms name
     */
    public static WebhookTarget created(SessionSpec spec) {
        String name = spec.commsName()
                .orElseThrow(() -> new InvalidFieldException(
                        "comms_name", "null", "must be set, so that the second delivery finds the session"));
        return new Created(spec, name);
    }

    private static String notBlank(String text, String field) {
        if (text.isBlank()) {
            throw new InvalidFieldException(field, text, "must not be blank");
        }
        return text;
    }

    /**
     * Opens the session.
     *
     * @throws SessionNotFoundException if it is not there, and not to be created
     */
    abstract Session open(Meerkat meerkat) throws InterruptedException;

    /** Whether another session can take the place of one that is archived. */
    boolean isByName() {
        return true;
    }

    /** Whether a session that is not there is created. */
    boolean isCreated() {
        return false;
    }

    private static final class Named extends WebhookTarget {
        private final String realm;
        private final String name;

        Named(String realm, String name) {
            this.realm = realm;
            this.name = name;
        }

        @Override
        Session open(Meerkat meerkat) throws InterruptedException {
            return meerkat.open(realm, name);
        }

        @Override
        public String toString() {
            return name + " of realm " + realm;
        }
    }

    private static final class ById extends WebhookTarget {
        private final SessionId id;

        ById(SessionId id) {
            this.id = id;
        }

        @Override
        Session open(Meerkat meerkat) throws InterruptedException {
            return meerkat.open(id);
        }

        @Override
        boolean isByName() {
            return false;
        }

        @Override
        public String toString() {
            return id.toString();
        }
    }

    private static final class Created extends WebhookTarget {
        private final SessionSpec spec;
        private final String name;

        Created(SessionSpec spec, String name) {
            this.spec = spec;
            this.name = name;
        }

        @Override
        Session open(Meerkat meerkat) throws InterruptedException {
            return meerkat.openOrCreate(spec);
        }

        @Override
        boolean isCreated() {
            return true;
        }

        @Override
        public String toString() {
            return name + " of realm " + spec.realm() + ", created when needed";
        }
    }
}
