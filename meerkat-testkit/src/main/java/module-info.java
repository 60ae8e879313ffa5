import org.jspecify.annotations.NullMarked;

/** Test tools for applications, and the contract suites that every runtime and store must pass. */
@NullMarked
module dev.meerkat.testkit {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.core;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
}
