package dev.meerkat.cli;

import dev.meerkat.api.internal.Printable;
import java.util.function.Supplier;

/** Writes results: for people as text, for scripts as one JSON document per line. Thread-safe. */
record Output(Terminal out, boolean json) {

    void row(Supplier<String> text, Supplier<String> document) {
        if (json) {
            out.println(Printable.json(document.get()));
        } else {
            out.println(text.get());
        }
    }

    /** What only scripts are told. */
    void note(Supplier<String> document) {
        if (json) {
            out.println(Printable.json(document.get()));
        }
    }

    /** Whether nobody reads any more. */
    boolean isClosed() {
        return out.checkError();
    }
}
