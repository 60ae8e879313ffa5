/** What the modules of Meerkat share and applications do not use. */
@NullMarked
package dev.meerkat.api.internal;

import org.jspecify.annotations.NullMarked;
