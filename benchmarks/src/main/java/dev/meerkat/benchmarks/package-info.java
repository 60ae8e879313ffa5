/**
 * What the runtime and the client cost, measured beside what else could do the same work, on the same
 * machine and in the same run.
 */
@NullMarked
package dev.meerkat.benchmarks;

import org.jspecify.annotations.NullMarked;
