/** The interfaces and values of Meerkat for Java. */
@org.jspecify.annotations.NullMarked
module dev.meerkat.api {
    requires static transitive org.jspecify;

    exports dev.meerkat.api;
    exports dev.meerkat.api.internal to
            dev.meerkat.agent,
            dev.meerkat.client,
            dev.meerkat.core,
            dev.meerkat.server,
            dev.meerkat.store.sqlite,
            dev.meerkat.webhooks;

    uses dev.meerkat.api.JsonCodec;
}
