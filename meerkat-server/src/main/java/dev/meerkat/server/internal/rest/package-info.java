/** REST and server-sent events. */
@NullMarked
package dev.meerkat.server.internal.rest;

import org.jspecify.annotations.NullMarked;
