/** How a turn runs, what its agent sees of it, and how it ends. */
@NullMarked
package dev.meerkat.core.internal.turn;

import org.jspecify.annotations.NullMarked;
