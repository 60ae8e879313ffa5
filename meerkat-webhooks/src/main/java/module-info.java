import org.jspecify.annotations.NullMarked;

/** Turns webhooks into external events of sessions. */
@NullMarked
module dev.meerkat.webhooks {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;

    exports dev.meerkat.webhooks;
}
