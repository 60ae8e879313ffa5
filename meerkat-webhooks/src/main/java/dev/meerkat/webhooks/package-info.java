/**
 * Turns webhooks, as their senders send them, into external events of sessions. {@link dev.meerkat.webhooks.Webhooks} is
 * where to begin.
 */
@NullMarked
package dev.meerkat.webhooks;

import org.jspecify.annotations.NullMarked;
