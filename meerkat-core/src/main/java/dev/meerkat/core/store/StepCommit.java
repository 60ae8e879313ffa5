package dev.meerkat.core.store;

import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import java.util.List;

/**
 * A change of a session by its owner; becomes visible as a whole or not at all.
 *
 * @param session the session
 * @param expectedVersion the version that it builds on
 * @param progress how far the session got with it
 * @param transcript entries to append
 * @param events events to append, in order
 * @param outbox peer commands that leave once this is committed
 * @param deadLetters inputs that it gives up
 * @param archives whether it ends the session
 */
public record StepCommit(
        SessionId session,
        long expectedVersion,
        SessionProgress progress,
        List<TranscriptEntry> transcript,
        List<EventDraft> events,
        List<Envelope> outbox,
        List<InputId> deadLetters,
        boolean archives) {}
