/** A session: its state, the loop that owns it, its commits, and what comes in and leaves. */
@NullMarked
package dev.meerkat.core.internal.session;

import org.jspecify.annotations.NullMarked;
