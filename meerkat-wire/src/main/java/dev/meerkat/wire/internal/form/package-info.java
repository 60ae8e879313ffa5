/** The JSON form of the API's values: how they are stored, and what {@code toJson()} returns. */
@NullMarked
package dev.meerkat.wire.internal.form;

import org.jspecify.annotations.NullMarked;
