/** What all parts of one runtime share: its ports and bounds, who waits for what, and whether it is open. */
@NullMarked
package dev.meerkat.core.internal.runtime;

import org.jspecify.annotations.NullMarked;
