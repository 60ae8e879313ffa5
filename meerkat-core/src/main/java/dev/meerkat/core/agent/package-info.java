/** What answers turns: the one method that an application writes, and what it gets to work with. */
@NullMarked
package dev.meerkat.core.agent;

import org.jspecify.annotations.NullMarked;
