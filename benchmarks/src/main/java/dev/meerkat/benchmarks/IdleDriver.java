package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What three nodes ask of the database while all of many sessions are idle. Arguments: url, schema, sessions, measured. */
final class IdleDriver {
    private static final int NODES = 3;

    private IdleDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        String url = arguments.text("url");
        String schema = arguments.text("schema");
        try (SharingNode node = open(url, schema, 0)) {
            node.sessions(1, true);
        }
        String session = schema + ".session";
        String state = schema + ".state";
        // Copies of the one session, each with a number, an id and a name of its own.
        PostgresServer.execute(
                url,
                "CREATE TEMP TABLE many AS SELECT nextval('" + schema
                        + ".session_numbers') AS no, gen_random_uuid() AS id FROM generate_series(2, "
                        + arguments.number("sessions") + "); INSERT INTO " + session + " SELECT r.* FROM " + session
                        + " s, many m, LATERAL jsonb_populate_record(s, jsonb_build_object('no', m.no, 'id', m.id,"
                        + " 'comms_name', '\\x' || encode(convert_to('s' || m.no, 'UTF8'), 'hex'))) r; INSERT INTO "
                        + state + " SELECT r.* FROM " + state
                        + " s, many m, LATERAL jsonb_populate_record(s, jsonb_build_object('no', m.no,"
                        + " 'shard', get_byte(uuid_send(m.id), 15))) r; ANALYZE");
        List<SharingNode> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(open(url, schema, i));
        }
        TimeUnit.SECONDS.sleep(8);
        long before = transactions(url);
        long begin = System.nanoTime();
        long cpu = Machine.cpuNanos();
        TimeUnit.MILLISECONDS.sleep(arguments.number("measured"));
        double seconds = (System.nanoTime() - begin) / 1e9;
        figures.add("idle/transactions", (transactions(url) - before) / seconds);
        figures.add("idle/cpu", (Machine.cpuNanos() - cpu) / 1e7 / seconds);
        nodes.forEach(SharingNode::close);
    }

    private static SharingNode open(String url, String schema, int i) {
        return SharingNode.open(url, schema, "node-" + i, true, turn -> "ok", Runtimes.limits());
    }

    private static long transactions(String url) throws Exception {
        return Long.parseLong(PostgresServer.strings(
                        url,
                        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
                .get(0));
    }
}
