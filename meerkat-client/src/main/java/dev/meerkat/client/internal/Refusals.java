package dev.meerkat.client.internal;

import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.wire.AnsweredFaults;

/**
 * Finds out what foreign servers leave open: they answer alike for sessions that are unknown, archived, or without
 * comms. Two reads tell which it is. Servers of this project say it.
 */
final class Refusals {
    /** One call. */
    interface Call<T> {
        T run() throws InterruptedException;
    }

    private final RemoteContext context;
    private final ServerCalls calls;

    Refusals(RemoteContext context) {
        this.context = context;
        this.calls = context.calls();
    }

    <T> T refined(SessionId session, Call<T> call) throws InterruptedException {
        context.checkOpen();
        try {
            return call.run();
        } catch (SessionNotFoundException e) {
            throw archived(session) ? new SessionArchivedException(session) : e;
        } catch (NotDoneException e) {
            throw vague(e) ? refine(session, e) : e;
        }
    }

    private static boolean vague(NotDoneException e) {
        return e.code().equals(AnsweredFaults.COMMS_NOT_ENABLED) || e.code().equals(AnsweredFaults.SESSION_NOT_LIVE);
    }

    private MeerkatException refine(SessionId session, NotDoneException e) throws InterruptedException {
        try {
            calls.read(session);
            return archivedAndRead(session) ? new SessionArchivedException(session) : e;
        } catch (SessionArchivedException archived) {
            return archived;
        } catch (SessionNotFoundException unreadable) {
            return archived(session) ? new SessionArchivedException(session) : unreadable;
        }
    }

    /** Of a session that reads: on the line 0.6, archived ones do too. */
    boolean archivedAndRead(SessionId session) throws InterruptedException {
        return calls.facts().contract().line().readsArchived() && calls.archivedAndRead(session);
    }

    /** Whether a session is archived, or not there at all. */
    boolean over(SessionId session) throws InterruptedException {
        try {
            calls.read(session);
            return archivedAndRead(session);
        } catch (SessionNotFoundException | SessionArchivedException e) {
            return true;
        }
    }

    /** Of a session that is not found otherwise: an archived one still has its history. */
    boolean archived(SessionId session) throws InterruptedException {
        try {
            calls.history(session, 0, 1, session.toString());
            return true;
        } catch (SessionNotFoundException e) {
            return false;
        }
    }
}
