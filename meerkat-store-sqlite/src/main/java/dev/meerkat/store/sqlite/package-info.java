/** A durable session store in a SQLite file. */
@NullMarked
package dev.meerkat.store.sqlite;

import org.jspecify.annotations.NullMarked;
