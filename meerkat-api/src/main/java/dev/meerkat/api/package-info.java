/**
 * The interfaces and values of Meerkat: sessions that stay alive, typed comms commands between
 * them, durable external events, and the events that tell what happened.
 *
 * <p>The same types serve a runtime in this JVM, a client of a remote server, and tests. All values
 * are immutable and thread-safe. Parameters and results are never null unless marked.
 */
@NullMarked
package dev.meerkat.api;

import org.jspecify.annotations.NullMarked;
