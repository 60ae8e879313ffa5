/** Errors on the wire: their codes, and the facts that they tell. */
@NullMarked
package dev.meerkat.wire.internal.fault;

import org.jspecify.annotations.NullMarked;
