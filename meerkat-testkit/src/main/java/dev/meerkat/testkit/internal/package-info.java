/** What the tests of several modules of this project share. Not for use by others. */
package dev.meerkat.testkit.internal;
