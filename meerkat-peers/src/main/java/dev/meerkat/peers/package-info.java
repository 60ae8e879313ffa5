/**
 * Java interfaces for the requests between peers: proxies that send them, and agents that answer them. {@link
 * dev.meerkat.peers.Intents} is where to begin.
 */
@NullMarked
package dev.meerkat.peers;

import org.jspecify.annotations.NullMarked;
