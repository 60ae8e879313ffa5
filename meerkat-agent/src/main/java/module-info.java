import org.jspecify.annotations.NullMarked;

/** An agent that answers with a chat model. */
@NullMarked
module dev.meerkat.agent {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.core;

    exports dev.meerkat.agent;
}
