package dev.meerkat.testkit.contract;

import dev.meerkat.api.Capabilities.Capability;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the capabilities without which a test, or each test of a chapter, asserts the refusal instead. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface Requires {
    Capability[] value();
}
