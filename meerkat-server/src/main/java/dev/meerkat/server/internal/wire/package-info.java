/** The forms of the wire, by contract line: reading parameters, writing answers and events. */
@NullMarked
package dev.meerkat.server.internal.wire;

import org.jspecify.annotations.NullMarked;
