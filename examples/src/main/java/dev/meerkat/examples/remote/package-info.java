/** One program for a runtime in this process and for remote servers. */
@NullMarked
package dev.meerkat.examples.remote;

import org.jspecify.annotations.NullMarked;
