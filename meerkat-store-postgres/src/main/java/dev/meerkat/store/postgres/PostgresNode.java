package dev.meerkat.store.postgres;

import java.time.Duration;
import java.util.UUID;

/**
 * A process that has a schema open, as the others see it.
 *
 * @param id under which it is known as long as it is not declared dead
 * @param name as its {@link PostgresOptions#nodeName} says
 * @param self whether it is this process
 * @param serving whether it takes sessions
 * @param shards how many of the 256 shards of sessions it has
 * @param leaseLeft how long others still believe that it lives, if it says nothing more; negative if they will soon declare it
 *     dead
 */
public record PostgresNode(UUID id, String name, boolean self, boolean serving, int shards, Duration leaseLeft) {}
