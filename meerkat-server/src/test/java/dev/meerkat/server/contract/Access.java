package dev.meerkat.server.contract;

/** The ways to reach a server. */
enum Access {
    REST,
    STDIO,
    TCP;

    boolean isRest() {
        return this == REST;
    }
}
