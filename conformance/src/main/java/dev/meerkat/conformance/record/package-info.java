/** Records the traffic of real servers by readable scripts. */
@NullMarked
package dev.meerkat.conformance.record;

import org.jspecify.annotations.NullMarked;
