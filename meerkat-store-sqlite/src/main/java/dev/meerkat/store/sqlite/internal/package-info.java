/** What the command uses of this module, and nobody else. */
@org.jspecify.annotations.NullMarked
package dev.meerkat.store.sqlite.internal;
