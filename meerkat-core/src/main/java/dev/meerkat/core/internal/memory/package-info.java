/** The parts of {@link dev.meerkat.core.store.MemoryStore}. */
@NullMarked
package dev.meerkat.core.internal.memory;

import org.jspecify.annotations.NullMarked;
