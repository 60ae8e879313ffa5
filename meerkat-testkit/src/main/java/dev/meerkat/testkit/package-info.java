/**
 * What applications test their agents with: a runtime on a clock, an order and a scripted agent that
 * the test controls, and faults on demand. {@link dev.meerkat.testkit.MeerkatExtension} is where to begin.
 */
@NullMarked
package dev.meerkat.testkit;

import org.jspecify.annotations.NullMarked;
