package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.wire.Inputs;
import dev.meerkat.server.internal.wire.Logs;
import dev.meerkat.server.internal.wire.Sequences;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventMethodsTest {
    private final Logs logs = new Logs();
    private final EventMethods methods = new EventMethods(
            ContractLine.V0_9,
            InstantSource.system(),
            new Inputs(),
            session -> WireJson.object().put("session_id", session.id().toString()));

    @AfterEach
    void close() {
        logs.close();
    }

    private static String scope(Session session) {
        return "{'type':'session','session_id':'" + session.id() + "'}";
    }

    private static ObjectNode params(Session session, String more) {
        return (ObjectNode) Logs.json("{'scope':" + scope(session) + more + "}");
    }

    private static String after(Session session, long sequence) {
        return ",'cursor':{'scope':" + scope(session) + ",'sequence':" + sequence + "}";
    }

    private static long end(Session session) throws InterruptedException {
        return Sequences.after(session.snapshot().lastCursor().orElseThrow());
    }

    /** That of the newest event that the wire tells, so that a reader can reach it. */
    private static long latest(Session session) throws Exception {
        List<WireEvent> told = Logs.logged(Logs.wire(session, ContractLine.V0_9, Cursor.START));
        return told.get(told.size() - 1).sequence();
    }

    @Test
    void theLatestCursorIsThatOfTheNewestEventThatIsTold() throws Exception {
        Session session = logs.named("a");

        assertThat(Logs.read(methods.latestCursor(params(session, ""), session)))
                .isEqualTo(Logs.json("{'contract_version':{'major':0,'minor':9,'patch':8},'cursor':{'scope':"
                        + scope(session) + ",'sequence':" + latest(session) + "}}"));
    }

    @Test
    void anAnswerIsBoundedInSizeAndTheNextGoesOn() throws Exception {
        Session session = logs.named("a");
        for (int i = 0; i < 10; i++) {
            Logs.ended(session.startTurn("x".repeat(1 << 20)));
        }
        List<Long> told = new ArrayList<>();
        JsonNode page;
        do {
            long from = told.isEmpty() ? 0 : told.get(told.size() - 1);
            page = methods.listSince(params(session, after(session, from) + ",'limit':1000"), session);
            assertThat(page.toString()).hasSizeLessThan(20 << 20);
            page.path("events")
                    .forEach(row -> told.add(row.path("cursor").path("sequence").longValue()));
        } while (page.path("has_more").booleanValue());

        assertThat(told)
                .isEqualTo(Logs.logged(Logs.wire(session, ContractLine.V0_9, Cursor.START)).stream()
                        .map(WireEvent::sequence)
                        .toList());
    }

    @Test
    void theSnapshotHasTheSessionAndTheCursor() throws Exception {
        Session session = logs.named("a");

        assertThat(Logs.read(methods.snapshot(params(session, ""), session)))
                .isEqualTo(Logs.json("{'contract_version':{'major':0,'minor':9,'patch':8},'scope':" + scope(session)
                        + ",'cursor':{'scope':" + scope(session) + ",'sequence':" + latest(session)
                        + "},'snapshot':{'type':'session','session':{'session_id':'" + session.id() + "'}}}"));
    }

    @Test
    void aListHasThePayloadsWithTheirPlaces() throws Exception {
        Session session = logs.named("a");

        JsonNode answer = Logs.read(methods.listSince(params(session, ""), session));

        assertThat(answer.path("has_more").asBoolean()).isFalse();
        assertThat(answer.path("from_cursor").path("sequence").asLong()).isZero();
        assertThat(answer.path("latest_cursor").path("sequence").asLong()).isEqualTo(latest(session));
        WireEvent first = Logs.wire(session, ContractLine.V0_9, Cursor.START).get(0);
        String place = "{'scope':" + scope(session) + ",'sequence':" + first.sequence() + "}";
        assertThat(answer.path("events").path(0))
                .isEqualTo(Logs.json("{'event_id':" + place + ",'cursor':" + place + ",'timestamp_ms':"
                        + first.envelope().path("timestamp_ms") + ",'source':" + scope(session) + ",'session_id':'"
                        + session.id() + "','event':" + Logs.payload(first) + "}"));
    }

    @Test
    void pagesTogetherAreTheLog() throws Exception {
        Session session = logs.busyLife();
        List<Long> all = Logs.logged(Logs.wire(session, ContractLine.V0_9, Cursor.START)).stream()
                .map(WireEvent::sequence)
                .toList();

        for (int limit : new int[] {1, 2, 7, all.size(), 1_000}) {
            List<Long> read = new ArrayList<>();
            JsonNode page;
            do {
                long from = read.isEmpty() ? 0 : read.get(read.size() - 1);
                page = methods.listSince(params(session, after(session, from) + ",'limit':" + limit), session);
                assertThat(page.path("events").size()).isBetween(1, limit);
                page.path("events")
                        .forEach(row ->
                                read.add(row.path("cursor").path("sequence").asLong()));
            } while (page.path("has_more").asBoolean());
            assertThat(read).isEqualTo(all);
        }
    }

    @Test
    void anEmptyPageHasNoEvents() throws Exception {
        Session session = logs.meerkat.create(SessionSpec.ofPrompt("later").withDeferredStart());

        JsonNode fresh = methods.listSince(params(session, ""), session);
        JsonNode atTheEnd = methods.listSince(params(session, after(session, end(session))), session);

        assertThat(fresh.has("events")).isFalse();
        assertThat(atTheEnd.has("events")).isFalse();
        assertThat(atTheEnd.path("has_more").asBoolean(true)).isFalse();
    }

    @Test
    void whatIsOutOfRangeIsRefused() throws Exception {
        Session session = logs.named("a");
        Session other = logs.named("b");
        long latest = end(session);

        refused(
                session,
                after(session, latest + 1),
                "event replay cursor sequence " + (latest + 1) + " is ahead of latest sequence " + latest);
        refused(session, ",'limit':0", "limit 0");
        refused(session, ",'limit':1001", "limit 1001");
        refused(session, ",'limit':'1'", "Invalid params: limit");
        refused(session, after(session, -1), "Invalid params: cursor.sequence");
        refused(session, after(other, 0), "scope");
        refused(session, ",'cursor':{'scope':" + scope(session) + "}", "missing field `cursor.sequence`");
    }

    private void refused(Session session, String more, String message) {
        assertThatExceptionOfType(WireFault.class)
                .isThrownBy(() -> methods.listSince(params(session, more), session))
                .withMessageContaining(message)
                .satisfies(fault -> assertThat(fault.code().rpc()).isEqualTo(-32602));
    }
}
