package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.DeleteResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Deletes what a deleted session has left, one write after the other. */
final class RowDeletion {
    private final Committer committer;
    private final long no;
    private final CompletableFuture<DeleteResult> done = new CompletableFuture<>();

    private RowDeletion(Committer committer, long no) {
        this.committer = committer;
        this.no = no;
    }

    /** Deletes all of it, and completes when the files have nothing of it. */
    static CompletionStage<DeleteResult> begin(Committer committer, long no) {
        RowDeletion deletion = new RowDeletion(committer, no);
        deletion.rows();
        return deletion.done;
    }

    private void rows() {
        committer.submit(new DeleteRows(no)).whenComplete((more, failure) -> {
            if (failure != null) {
                failed(failure);
            } else if (more) {
                rows();
            } else {
                committer
                        .submit(new Scrub())
                        .thenCompose(scrubbed -> committer.submit(new DeletedAll(no)))
                        .whenComplete((all, fault) -> ended(fault));
            }
        });
    }

    private void ended(@Nullable Throwable failure) {
        if (failure == null) {
            done.complete(DeleteResult.DELETED);
        } else {
            failed(failure);
        }
    }

    /** Not as a refusal: nobody finds the session any more. */
    private void failed(Throwable failure) {
        done.completeExceptionally(new UncheckedIOException(new IOException(
                "the session is deleted, but not all of its rows; that goes on when the store is opened again: "
                        + failure.getMessage(),
                failure)));
    }
}
