package dev.meerkat.client;

import dev.meerkat.api.Session;

/** A {@link Session} on a remote server; what its server cannot do is refused, typed. Thread-safe. */
public interface RemoteSession extends Session {}
