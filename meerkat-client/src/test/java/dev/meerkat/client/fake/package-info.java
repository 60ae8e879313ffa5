/** Stand-ins of the real servers, in memory, for tests of the client. */
@NullMarked
package dev.meerkat.client.fake;

import org.jspecify.annotations.NullMarked;
