package dev.meerkat.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * An actor system set up for the machine, with one dispatcher thread per processor and no logging.
 *
 * @param system the system
 * @param actors what its guardian spawned
 */
record Pekko<T>(ActorSystem<Void> system, T actors) implements AutoCloseable {

    /** Opens a system whose guardian spawns actors. */
    static <T> Pekko<T> open(Function<ActorContext<Void>, T> guardian) throws Exception {
        CompletableFuture<T> actors = new CompletableFuture<>();
        ActorSystem<Void> system = open(Behaviors.<Void>setup(context -> {
            actors.complete(guardian.apply(context));
            return Behaviors.empty();
        }));
        return new Pekko<>(system, actors.get(30, TimeUnit.SECONDS));
    }

    private static ActorSystem<Void> open(Behavior<Void> guardian) {
        int threads = Runtime.getRuntime().availableProcessors();
        Config config = ConfigFactory.parseString("""
                pekko {
                  loglevel = off
                  stdout-loglevel = off
                  log-dead-letters = off
                  log-dead-letters-during-shutdown = off
                  actor.default-dispatcher {
                    executor = fork-join-executor
                    fork-join-executor { parallelism-min = %d, parallelism-max = %d }
                    throughput = 50
                  }
                }
                """.formatted(threads, threads));
        return ActorSystem.create(guardian, "peer", config.withFallback(ConfigFactory.load()));
    }

    @Override
    public void close() {
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("the actor system does not end", e);
        }
    }
}
