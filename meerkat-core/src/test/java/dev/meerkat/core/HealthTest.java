package dev.meerkat.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Health.Problem STORE = Health.Problem.ofAll("store_unavailable", "the disk is full");
    private static final Health.Problem SESSION =
            Health.Problem.of(new SessionId(new UUID(1, 1)), "session_unreadable", "a row is damaged");

    @Test
    void theWorstProblemIsTheStatus() {
        assertThat(Health.OK.status()).isEqualTo(Health.Status.OK);
        assertThat(new Health(List.of(SESSION)).status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(new Health(List.of(SESSION, STORE)).status()).isEqualTo(Health.Status.UNAVAILABLE);
    }

    @Test
    void aRuntimeInMemoryIsHealthy() {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open()) {
            assertThat(((HealthCheck) meerkat).health()).isEqualTo(Health.OK);
        }
    }
}
