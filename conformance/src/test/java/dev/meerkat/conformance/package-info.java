/** The client against real servers. */
@NullMarked
package dev.meerkat.conformance;

import org.jspecify.annotations.NullMarked;
