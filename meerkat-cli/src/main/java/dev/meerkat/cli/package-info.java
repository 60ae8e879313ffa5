/** The command {@code meerkat}. */
@NullMarked
package dev.meerkat.cli;

import org.jspecify.annotations.NullMarked;
