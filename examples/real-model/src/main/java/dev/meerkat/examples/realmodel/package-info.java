/** Two sessions on a small model that runs in the JVM. */
@NullMarked
package dev.meerkat.examples.realmodel;

import org.jspecify.annotations.NullMarked;
