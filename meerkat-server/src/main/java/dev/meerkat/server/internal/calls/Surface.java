package dev.meerkat.server.internal.calls;

/** By which surface a call came in; the wire differs a little between them. */
public enum Surface {
    /** JSON-RPC. A keep-alive session is told of before its first turn. */
    RPC,
    /** REST. Creating a session waits for its first turn. */
    REST,
    /** MCP. Likewise. */
    MCP
}
