package dev.meerkat.springboot.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** Reads the properties of {@link MeerkatTest}. */
final class MeerkatTestBootstrapper extends TestSliceTestContextBootstrapper<MeerkatTest> {}
