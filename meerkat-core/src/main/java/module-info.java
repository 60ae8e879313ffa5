import dev.meerkat.core.internal.json.JacksonJsonCodec;
import org.jspecify.annotations.NullMarked;

/** The in-process runtime, the in-memory store, and the interfaces of agents and stores. */
@NullMarked
module dev.meerkat.core {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires org.slf4j;

    exports dev.meerkat.core;
    exports dev.meerkat.core.agent;
    exports dev.meerkat.core.store;

    provides dev.meerkat.api.JsonCodec with
            JacksonJsonCodec;
}
