/** The store port, its values, and the store in memory. Applications choose a store; few write one. */
@NullMarked
package dev.meerkat.core.store;

import org.jspecify.annotations.NullMarked;
