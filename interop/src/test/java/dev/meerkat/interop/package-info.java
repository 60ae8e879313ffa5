/** Other people's clients against the packaged command. */
package dev.meerkat.interop;
