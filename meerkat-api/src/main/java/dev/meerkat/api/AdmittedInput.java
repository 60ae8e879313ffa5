package dev.meerkat.api;

import java.time.Instant;

/**
 * An input with its receipt's facts.
 *
 * @param id its id
 * @param position where it stands in the session's event log, which is also the order of admission
 * @param at when it was admitted
 * @param body what it says
 */
public record AdmittedInput(InputId id, Cursor position, Instant at, InputBody body) implements HasJson {}
