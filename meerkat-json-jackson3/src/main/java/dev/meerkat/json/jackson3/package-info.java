/** Java types as JSON with Jackson 3. */
@org.jspecify.annotations.NullMarked
package dev.meerkat.json.jackson3;
