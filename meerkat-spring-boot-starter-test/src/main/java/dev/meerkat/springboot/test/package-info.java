/** Tests of Spring Boot applications that have a Meerkat. */
@NullMarked
package dev.meerkat.springboot.test;

import org.jspecify.annotations.NullMarked;
