/** The stored form of sessions: UTF-8 JSON, one form per family of values. */
@NullMarked
package dev.meerkat.core.internal.codec;

import org.jspecify.annotations.NullMarked;
