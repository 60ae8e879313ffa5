/** JSON on Jackson 2. */
@NullMarked
package dev.meerkat.wire.internal;

import org.jspecify.annotations.NullMarked;
