/** The contract of a Meerkat, on clients of stand-ins of the real servers. */
@NullMarked
package dev.meerkat.client.contract;

import org.jspecify.annotations.NullMarked;
