/** An agent that answers with a chat model: the loop over tools, and a small port for models. */
@NullMarked
package dev.meerkat.agent;

import org.jspecify.annotations.NullMarked;
