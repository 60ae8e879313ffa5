package dev.meerkat.server.internal.mcp;

/**
 * What a host says of a call of one of its tools.
 *
 * @param id the call
 * @param content what came of it, or why it failed
 * @param failed whether it failed
 */
record ToolResult(String id, String content, boolean failed) {}
