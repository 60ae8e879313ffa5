/**
 * What callers of {@link dev.meerkat.core.MeerkatRuntime} hold, and the runtime behind it in the packages below; not
 * exported.
 */
@NullMarked
package dev.meerkat.core.internal;

import org.jspecify.annotations.NullMarked;
