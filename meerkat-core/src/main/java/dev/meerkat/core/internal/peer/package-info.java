/** How sessions find each other, send to each other and answer. */
@NullMarked
package dev.meerkat.core.internal.peer;

import org.jspecify.annotations.NullMarked;
