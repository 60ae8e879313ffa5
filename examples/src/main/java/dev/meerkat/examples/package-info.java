/** Programs to read and to run; what the README and the docs show is compiled here. */
@NullMarked
package dev.meerkat.examples;

import org.jspecify.annotations.NullMarked;
