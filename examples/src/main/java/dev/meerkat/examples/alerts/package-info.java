/** A service that uses sessions, and is tested with mocks. */
@NullMarked
package dev.meerkat.examples.alerts;

import org.jspecify.annotations.NullMarked;
