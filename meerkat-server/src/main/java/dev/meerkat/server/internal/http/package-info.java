/** What the listeners of HTTP share: the port, who may come in, bodies, and errors. */
@NullMarked
package dev.meerkat.server.internal.http;

import org.jspecify.annotations.NullMarked;
