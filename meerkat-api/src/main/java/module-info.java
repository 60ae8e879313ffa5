/** The interfaces and values of Meerkat for Java. */
@org.jspecify.annotations.NullMarked
module dev.meerkat.api {
    requires static transitive org.jspecify;

    exports dev.meerkat.api;

    uses dev.meerkat.api.JsonCodec;
}
