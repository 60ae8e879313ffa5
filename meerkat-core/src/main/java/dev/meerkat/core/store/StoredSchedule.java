package dev.meerkat.core.store;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionId;

/**
 * A schedule, and whose it is.
 *
 * @param session the session
 * @param schedule the schedule
 */
public record StoredSchedule(SessionId session, Schedule schedule) {}
