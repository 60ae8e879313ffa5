/** The runtime behind {@link dev.meerkat.core.MeerkatRuntime}; not exported. */
@NullMarked
package dev.meerkat.core.internal;

import org.jspecify.annotations.NullMarked;
