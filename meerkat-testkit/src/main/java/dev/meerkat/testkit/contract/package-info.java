/** The contract of every Meerkat and every store, as abstract test classes by capability. */
@NullMarked
package dev.meerkat.testkit.contract;

import org.jspecify.annotations.NullMarked;
