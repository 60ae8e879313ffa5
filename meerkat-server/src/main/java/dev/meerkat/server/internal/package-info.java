/** The wiring of a server. */
@NullMarked
package dev.meerkat.server.internal;

import org.jspecify.annotations.NullMarked;
