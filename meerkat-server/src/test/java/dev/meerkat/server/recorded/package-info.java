/** Our own server beside real ones: what they answered to recorded requests, and what it answers. */
@org.jspecify.annotations.NullMarked
package dev.meerkat.server.recorded;
