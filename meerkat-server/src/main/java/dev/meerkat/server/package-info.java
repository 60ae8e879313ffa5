/** Serves a {@link dev.meerkat.api.Meerkat} to everyone who speaks its wire: REST, JSON-RPC and MCP. */
@NullMarked
package dev.meerkat.server;

import org.jspecify.annotations.NullMarked;
