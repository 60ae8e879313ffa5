/** How the log of a session is read as it grows. */
@NullMarked
package dev.meerkat.core.internal.events;

import org.jspecify.annotations.NullMarked;
