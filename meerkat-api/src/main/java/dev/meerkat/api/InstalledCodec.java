package dev.meerkat.api;

import java.util.List;
import java.util.ServiceLoader;

/** Finds the one JSON codec, when it is first needed. */
final class InstalledCodec {
    static final JsonCodec CODEC = find();

    private InstalledCodec() {}

    private static JsonCodec find() {
        List<JsonCodec> found = ServiceLoader.load(JsonCodec.class, JsonCodec.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("exactly one " + JsonCodec.class.getName()
                    + " must be installed (meerkat-core brings one), found " + found);
        }
        return found.get(0);
    }
}
