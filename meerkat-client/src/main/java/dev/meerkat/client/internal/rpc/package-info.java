/** JSON-RPC over lines: a child process or TCP. */
@NullMarked
package dev.meerkat.client.internal.rpc;

import org.jspecify.annotations.NullMarked;
