package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Shared;

/**
 * What all requests of a listener share.
 *
 * @param shared with the other listeners
 * @param bounds what clients are given
 * @param rounds calls what has to do something after a time
 * @param requests the ids of requests
 * @param memory what bodies may take at one time
 */
record RestSite(Shared shared, RestBounds bounds, Rounds rounds, RequestIds requests, BodyMemory memory) {
    /** So many bodies of the largest size fit into the memory at once. */
    private static final int LARGEST_BODIES = 8;

    static RestSite of(Shared shared, RestBounds bounds) {
        return new RestSite(
                shared,
                bounds,
                new Rounds(),
                new RequestIds(bounds.endedRequests()),
                new BodyMemory((long) shared.limits().messageBytes() * LARGEST_BODIES));
    }
}
