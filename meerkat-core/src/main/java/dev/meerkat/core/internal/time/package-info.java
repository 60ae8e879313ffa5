/** When schedules are due. */
@NullMarked
package dev.meerkat.core.internal.time;

import org.jspecify.annotations.NullMarked;
