/** Models and tools of LangChain4j for the agents of {@code meerkat-agent}. */
@NullMarked
package dev.meerkat.langchain4j;

import org.jspecify.annotations.NullMarked;
