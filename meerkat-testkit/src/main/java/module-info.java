import org.jspecify.annotations.NullMarked;

/** Test tools for applications, and the contract suites that every runtime and store must pass. */
@NullMarked
module dev.meerkat.testkit {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.agent;
    requires transitive dev.meerkat.core;
    requires transitive dev.meerkat.peers;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;

    exports dev.meerkat.testkit;
    exports dev.meerkat.testkit.contract;
    exports dev.meerkat.testkit.internal to
            dev.meerkat.client,
            dev.meerkat.server,
            dev.meerkat.store.sqlite;

    // JUnit calls the methods that subclasses inherit, also those that are not public.
    opens dev.meerkat.testkit.contract to
            org.junit.platform.commons;
}
