package dev.meerkat.springboot;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** What a native image must keep that nothing in the code names: scripts of tables, and the codec of JSON. */
final class MeerkatRuntimeHints implements RuntimeHintsRegistrar {
    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        hints.resources()
                .registerPattern("dev/meerkat/store/postgres/*.sql")
                .registerPattern("dev/meerkat/springboot/*.sql")
                .registerPattern("dev/meerkat/webhooks/*.sql")
                .registerPattern("META-INF/services/dev.meerkat.api.JsonCodec")
                .registerPattern("META-INF/services/dev.meerkat.api.JsonBinder");
    }
}
