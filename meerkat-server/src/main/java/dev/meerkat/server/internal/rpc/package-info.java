/** JSON-RPC over lines: standard input and output, and TCP. */
@NullMarked
package dev.meerkat.server.internal.rpc;

import org.jspecify.annotations.NullMarked;
