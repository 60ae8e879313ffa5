/** An application to start from: webhooks come in, two sessions work, answers go out as events. */
@org.jspecify.annotations.NullMarked
package dev.meerkat.examples.springboot;
