/** What the README and the docs show, as tests. */
@NullMarked
package dev.meerkat.examples.snippets;

import org.jspecify.annotations.NullMarked;
