/** The tools of the Model Context Protocol. */
@NullMarked
package dev.meerkat.server.internal.mcp;

import org.jspecify.annotations.NullMarked;
