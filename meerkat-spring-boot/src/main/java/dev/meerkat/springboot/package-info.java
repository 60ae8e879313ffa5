/** Meerkat in Spring Boot 4 applications: beans from properties, agents as beans, health, JSON and event streams. */
@NullMarked
package dev.meerkat.springboot;

import org.jspecify.annotations.NullMarked;
