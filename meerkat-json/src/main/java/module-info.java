import dev.meerkat.json.internal.JacksonJsonCodec;
import org.jspecify.annotations.NullMarked;

/** The JSON codec of the other modules, on Jackson 2. */
@NullMarked
module dev.meerkat.json {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;

    exports dev.meerkat.json.internal to
            dev.meerkat.client,
            dev.meerkat.core,
            dev.meerkat.server;

    provides dev.meerkat.api.JsonCodec with
            JacksonJsonCodec;
}
