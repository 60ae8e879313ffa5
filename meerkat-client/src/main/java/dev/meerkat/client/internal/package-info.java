/** Remote sessions, on the calls of any surface. */
@NullMarked
package dev.meerkat.client.internal;

import org.jspecify.annotations.NullMarked;
