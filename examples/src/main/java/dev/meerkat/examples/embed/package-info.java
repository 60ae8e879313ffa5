/** The demo of the README: two sessions that outlive the process, with webhooks that wake them. */
@NullMarked
package dev.meerkat.examples.embed;

import org.jspecify.annotations.NullMarked;
