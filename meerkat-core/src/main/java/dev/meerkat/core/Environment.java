package dev.meerkat.core;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything outside the runtime that could make two runs differ. Give a runtime your own to run it
 * deterministically; it closes none of it.
 *
 * @param clock tells the time that inputs and events carry
 * @param ids makes ids
 * @param random makes identity seeds and the jitter of retries; must be cryptographically strong in
 *     production
 * @param executor runs the loops of sessions
 * @param scheduler runs what is due later
 */
public record Environment(
        InstantSource clock, IdSource ids, RandomGenerator random, Executor executor, Scheduler scheduler) {}
