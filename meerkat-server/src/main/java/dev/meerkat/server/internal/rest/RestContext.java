package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.server.internal.methods.ServerContext;
import java.util.concurrent.Semaphore;

/**
 * What all requests of a listener share.
 *
 * @param shared with the other listeners
 * @param bounds what clients are given
 * @param ticker calls what has to do something after a time
 * @param requests the ids of requests
 * @param bodies what bodies may take
 * @param calls places for requests that wait for the answer of a call
 */
record RestContext(
        ServerContext shared, HttpBounds bounds, Ticker ticker, RequestIds requests, Bodies bodies, Semaphore calls) {
    static RestContext of(ServerContext shared, HttpBounds bounds) {
        Ticker ticker = new Ticker();
        return new RestContext(
                shared,
                bounds,
                ticker,
                new RequestIds(bounds.endedRequests()),
                Bodies.of(shared.limits().messageBytes(), HookRoutes.largest(shared), ticker, bounds),
                new Semaphore(shared.limits().pendingCalls()));
    }
}
