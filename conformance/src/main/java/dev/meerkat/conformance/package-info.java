/** Real servers: which are installed, how they are started alone and ended, and a model for them to call. */
@NullMarked
package dev.meerkat.conformance;

import org.jspecify.annotations.NullMarked;
