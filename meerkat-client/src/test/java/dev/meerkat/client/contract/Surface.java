package dev.meerkat.client.contract;

/** The ways to reach a server. */
enum Surface {
    REST,
    STDIO,
    TCP;

    boolean isRest() {
        return this == REST;
    }
}
