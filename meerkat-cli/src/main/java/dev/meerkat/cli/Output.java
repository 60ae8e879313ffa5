package dev.meerkat.cli;

import java.io.PrintStream;
import java.util.function.Supplier;

/** Writes results: for people as text, for scripts as one JSON document per line. Thread-safe. */
record Output(PrintStream out, boolean json) {

    void row(Supplier<String> text, Supplier<String> document) {
        out.println((json ? document : text).get());
    }

    /** What only scripts are told. */
    void note(Supplier<String> document) {
        if (json) {
            out.println(document.get());
        }
    }

    /** Whether nobody reads any more. */
    boolean isClosed() {
        return out.checkError();
    }
}
