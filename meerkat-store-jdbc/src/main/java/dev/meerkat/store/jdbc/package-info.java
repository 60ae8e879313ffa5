/** A durable session store on JDBC. */
@NullMarked
package dev.meerkat.store.jdbc;

import org.jspecify.annotations.NullMarked;
