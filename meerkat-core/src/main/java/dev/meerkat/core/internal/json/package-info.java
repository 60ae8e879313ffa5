/** JSON on Jackson 2. */
@NullMarked
package dev.meerkat.core.internal.json;

import org.jspecify.annotations.NullMarked;
