/** Test tools and contract suites. */
@NullMarked
package dev.meerkat.testkit;

import org.jspecify.annotations.NullMarked;
