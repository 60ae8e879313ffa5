package dev.meerkat.springboot.test;

import org.springframework.stereotype.Component;

/** A component that a test of agents does without. */
@Component
class Unwanted {
    Unwanted() {
        throw new IllegalStateException("is not there in a test of agents");
    }
}
