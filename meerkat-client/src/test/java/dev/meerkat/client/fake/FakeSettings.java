package dev.meerkat.client.fake;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How one fake is set up.
 *
 * @param line which contract line it speaks
 * @param realm the realm in session references
 * @param model the default model
 * @param provider the provider of that model
 * @param tokens tokens in and out of each model call
 * @param webhookSecret what external events over REST must know, or null
 * @param clock milliseconds since the epoch
 * @param runs where turns run, null for threads of the fake's own
 * @param answers what answers turns
 * @param logged whether a log of events is kept, as by servers with a SQLite realm
 */
public record FakeSettings(
        FakeLine line,
        String realm,
        String model,
        String provider,
        int tokens,
        @Nullable String webhookSecret,
        LongSupplier clock,
        @Nullable Executor runs,
        Answers answers,
        boolean logged) {

    /** What answers turns. */
    @FunctionalInterface
    public interface Answers {
        /** The answer to what a turn was given. */
        String answer(String given) throws Exception;
    }

    /** As a real server with {@code RKAT_TEST_CLIENT=1}. */
    public static FakeSettings of(FakeLine line) {
        AtomicLong time = new AtomicLong(1_795_384_284_000L);
        return new FakeSettings(
                line,
                "r1",
                "claude-sonnet-4-5",
                "anthropic",
                0,
                null,
                time::incrementAndGet,
                null,
                given -> "ok",
                true);
    }

    /** With other answers, which may block and fail. */
    public FakeSettings answeredBy(Answers answers) {
        return new FakeSettings(line, realm, model, provider, tokens, webhookSecret, clock, runs, answers, logged);
    }

    /** With a secret for external events over REST. */
    public FakeSettings withWebhookSecret(String secret) {
        return new FakeSettings(line, realm, model, provider, tokens, secret, clock, runs, answers, logged);
    }

    /** With another realm. */
    FakeSettings withRealm(String realm) {
        return new FakeSettings(line, realm, model, provider, tokens, webhookSecret, clock, runs, answers, logged);
    }

    /** With another model. */
    FakeSettings withModel(String model, String provider, int tokens) {
        return new FakeSettings(line, realm, model, provider, tokens, webhookSecret, clock, runs, answers, logged);
    }

    /** With turns that run when the executor says. */
    FakeSettings withRuns(Executor runs) {
        return new FakeSettings(line, realm, model, provider, tokens, webhookSecret, clock, runs, answers, logged);
    }

    /** Without a log of events. */
    public FakeSettings withoutLog() {
        return new FakeSettings(line, realm, model, provider, tokens, webhookSecret, clock, runs, answers, false);
    }
}
