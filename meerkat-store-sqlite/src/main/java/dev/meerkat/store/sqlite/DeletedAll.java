package dev.meerkat.store.sqlite;

/** Notes that nothing of a deleted session is left. */
final class DeletedAll extends Write<Boolean> {
    private final long no;

    DeletedAll(long no) {
        this.no = no;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    Boolean apply(Tables tables) {
        tables.draft.update(RowChange.DELETED_ALL, no);
        return true;
    }
}
