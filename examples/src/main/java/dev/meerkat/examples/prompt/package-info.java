/** How the messages for a model are made of a transcript and of inputs. */
@NullMarked
package dev.meerkat.examples.prompt;

import org.jspecify.annotations.NullMarked;
