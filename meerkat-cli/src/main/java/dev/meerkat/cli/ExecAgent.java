package dev.meerkat.cli;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Runs a program for each turn: it reads the turn as JSON and writes the answer. */
final class ExecAgent implements Agent {
    private static final int TAIL_ENTRIES = 100;
    private static final int TAIL_CHARS = 256 << 10;

    private final ExecCommand command;
    private final Programs programs;

    ExecAgent(ExecCommand command, Programs programs) {
        this.command = command;
        this.programs = programs;
    }

    @Override
    public String answer(TurnContext turn) throws IOException, InterruptedException {
        byte[] document = document(turn).getBytes(StandardCharsets.UTF_8);
        command.problem().ifPresent(problem -> {
            throw new FailedException("agent_not_started", "the agent's program " + problem, null);
        });
        String attempt = Integer.toString(turn.attempt());
        Programs.Program program;
        try {
            program = programs.start(
                    command.words(),
                    turn.turnId() + "/" + attempt,
                    Map.of("MEERKAT_TURN_ID", turn.turnId().toString(), "MEERKAT_ATTEMPT", attempt));
        } catch (IOException e) {
            throw new FailedException(
                    "agent_not_started", "the agent's program cannot be started: " + e.getMessage(), e);
        }
        try (ExecRun run = new ExecRun(programs, program, document)) {
            return run.answer();
        }
    }

    private static String document(TurnContext turn) {
        SessionSnapshot session = turn.session();
        String who = Documents.object(
                "id",
                session.id().toString(),
                "realm",
                session.realm(),
                "comms_name",
                session.commsName(),
                "labels",
                session.labels());
        return Documents.object(
                "session",
                new Documents.Raw(who),
                "turn_id",
                turn.turnId().toString(),
                "attempt",
                turn.attempt(),
                "inputs",
                Documents.Raw.list(turn.inputs().stream().map(Documents.Raw::of).toList()),
                "transcript",
                Documents.Raw.list(tail(turn)));
    }

    /** The newest entries, in order. */
    private static List<Documents.Raw> tail(TurnContext turn) {
        long count = turn.history(0, 1).messageCount();
        HistoryPage page = turn.history(Math.max(0, count - TAIL_ENTRIES), TAIL_ENTRIES);
        Deque<Documents.Raw> tail = new ArrayDeque<>();
        int room = TAIL_CHARS;
        for (int i = page.entries().size() - 1; i >= 0; i--) {
            Documents.Raw entry = Documents.Raw.of(page.entries().get(i));
            room -= entry.text().length();
            if (room < 0) {
                break;
            }
            tail.addFirst(entry);
        }
        return List.copyOf(tail);
    }
}
