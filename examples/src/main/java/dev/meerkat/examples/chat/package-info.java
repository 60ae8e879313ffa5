/** Agents on chat models that work with each other and with people. */
@NullMarked
package dev.meerkat.examples.chat;

import org.jspecify.annotations.NullMarked;
