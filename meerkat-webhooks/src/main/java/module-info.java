import org.jspecify.annotations.NullMarked;

/** Turns webhooks into external events of sessions, and tells other systems of events. */
@NullMarked
module dev.meerkat.webhooks {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires java.net.http;
    requires transitive java.sql;
    requires org.slf4j;

    exports dev.meerkat.webhooks;
}
