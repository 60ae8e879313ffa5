package dev.meerkat.springboot.test;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application with an agent, and with a component that a test of agents does without. */
@SpringBootApplication
class TestApplication {}
