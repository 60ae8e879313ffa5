import org.jspecify.annotations.NullMarked;

/** The in-process runtime, the in-memory store, and the interfaces of agents and stores. */
@NullMarked
module dev.meerkat.core {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires com.fasterxml.jackson.core;
    requires dev.meerkat.wire;
    // Has the keys of named sessions on a JDK before 22, and is found by nobody who links an image.
    requires jdk.crypto.ec;
    requires org.slf4j;

    exports dev.meerkat.core;
    exports dev.meerkat.core.agent;
    exports dev.meerkat.core.store;
}
