/** Metrics of a runtime, by Micrometer. */
@NullMarked
package dev.meerkat.micrometer;

import org.jspecify.annotations.NullMarked;
