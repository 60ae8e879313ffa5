package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Rounds;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.HttpBounds;
import java.util.concurrent.Semaphore;

/**
 * What all requests of a listener share.
 *
 * @param shared with the other listeners
 * @param bounds what clients are given
 * @param rounds calls what has to do something after a time
 * @param requests the ids of requests
 * @param bodies what bodies may take
 * @param calls places for requests that wait for the answer of a call
 */
record RestSite(Shared shared, HttpBounds bounds, Rounds rounds, RequestIds requests, Bodies bodies, Semaphore calls) {
    static RestSite of(Shared shared, HttpBounds bounds) {
        Rounds rounds = new Rounds();
        return new RestSite(
                shared,
                bounds,
                rounds,
                new RequestIds(bounds.endedRequests()),
                Bodies.of(shared.limits().messageBytes(), HookRoutes.largest(shared), rounds, bounds),
                new Semaphore(shared.limits().pendingCalls()));
    }
}
