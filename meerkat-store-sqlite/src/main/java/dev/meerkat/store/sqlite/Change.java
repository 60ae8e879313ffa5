package dev.meerkat.store.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * A change of rows that was made, or is to be made again.
 *
 * @param what the statement
 * @param arguments its arguments: numbers, flags, texts, bytes and nulls; not changed by anyone
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one group of writes, and is not compared
record Change(RowChange what, @Nullable Object[] arguments) {}
