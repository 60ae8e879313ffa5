import dev.meerkat.json.jackson3.Jackson3Binder;
import org.jspecify.annotations.NullMarked;

/** Java types as JSON with Jackson 3. */
@NullMarked
module dev.meerkat.json.jackson3 {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports dev.meerkat.json.jackson3;

    provides dev.meerkat.api.JsonBinder with
            Jackson3Binder;
}
