/** A durable session store on PostgreSQL. */
@NullMarked
package dev.meerkat.store.postgres;

import org.jspecify.annotations.NullMarked;
