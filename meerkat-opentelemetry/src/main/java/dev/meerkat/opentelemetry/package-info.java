/** Traces of a runtime, by the API of OpenTelemetry. */
@NullMarked
package dev.meerkat.opentelemetry;

import org.jspecify.annotations.NullMarked;
