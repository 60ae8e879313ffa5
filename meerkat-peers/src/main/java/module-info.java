import org.jspecify.annotations.NullMarked;

/** Java interfaces for the requests between peers. */
@NullMarked
module dev.meerkat.peers {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.core;

    exports dev.meerkat.peers;
}
