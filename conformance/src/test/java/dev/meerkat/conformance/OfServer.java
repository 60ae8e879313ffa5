package dev.meerkat.conformance;

/** A test that says which server it is about, for the report. */
interface OfServer {
    Reached reached();
}
