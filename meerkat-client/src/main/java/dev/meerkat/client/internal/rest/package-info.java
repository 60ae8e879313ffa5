/** REST and server-sent events. */
@NullMarked
package dev.meerkat.client.internal.rest;

import org.jspecify.annotations.NullMarked;
