/** The in-process runtime. */
@NullMarked
package dev.meerkat.core;

import org.jspecify.annotations.NullMarked;
