package dev.meerkat.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Plants faults in which a group of writes is not one record of the journal, or its number is not the next one. */
final class OtherRecords {
    private final Predicate<RowChange> apart;
    private final boolean apartFirst;
    private final Map<Long, Long> written = new ConcurrentHashMap<>();
    private long more;

    private OtherRecords(Predicate<RowChange> apart, boolean apartFirst, long more) {
        this.apart = apart;
        this.apartFirst = apartFirst;
        this.more = more;
    }

    /** What leaves a session is stored before the step that sends it. */
    static Settings outboxFirst(Settings settings) {
        return new OtherRecords(what -> what == RowChange.ENVELOPE, true, 0).in(settings);
    }

    /** The key of an event is stored after the event. */
    static Settings keyLater(Settings settings) {
        return new OtherRecords(what -> what == RowChange.EVENT_KEY, false, 0).in(settings);
    }

    /** The first record of this opening has the number after the next, as if a torn one counted. */
    static Settings pastOne(Settings settings) {
        return new OtherRecords(what -> false, false, 1).in(settings);
    }

    private Settings in(Settings settings) {
        return settings.withAppend(this::append).withCommit(this::commit);
    }

    private void append(Segment segment, ByteBuffer record) throws IOException {
        JournalRecord whole = JournalRecord.at(record, 0, 1, Long.MAX_VALUE).orElseThrow();
        List<Change> first = new ArrayList<>();
        List<Change> second = new ArrayList<>();
        for (Change change : ChangeForm.read(whole.changes())) {
            (apart.test(change.what()) == apartFirst ? first : second).add(change);
        }
        if (first.isEmpty() || second.isEmpty()) {
            first.addAll(second);
            write(segment, whole.number() + more, first);
        } else {
            write(segment, whole.number() + more, first);
            more++;
            write(segment, whole.number() + more, second);
        }
        written.put(whole.number(), whole.number() + more);
    }

    private static void write(Segment segment, long number, List<Change> changes) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(JournalRecord.bound(changes));
        JournalRecord.write(number, changes, record);
        segment.append(record);
        segment.sync();
    }

    private void commit(Db db) throws SQLException {
        long last = db.number("SELECT journal FROM meta");
        db.execute("UPDATE meta SET journal = " + written.getOrDefault(last, last));
        db.commit();
    }
}
