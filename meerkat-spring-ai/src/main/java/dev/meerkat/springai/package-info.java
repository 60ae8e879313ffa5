/** Models of Spring AI for the agents of {@code meerkat-agent}. */
@NullMarked
package dev.meerkat.springai;

import org.jspecify.annotations.NullMarked;
