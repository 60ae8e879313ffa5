/** JSON on Jackson 2. */
@NullMarked
package dev.meerkat.json.internal;

import org.jspecify.annotations.NullMarked;
