package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.AppendResult.Reason;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Stores: requests and their responses. */
public abstract class StoreRequestsChapter extends StoreInputsChapter {
    /** For the next chapter. */
    StoreRequestsChapter() {}

    @Test
    public void anAdmittedRequestIsOpen() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));

        RequestId request = request(a, b, true);

        assertThat(store().request(request))
                .contains(new StoredRequest(request, a, b, true, Optional.empty(), Optional.empty()));
        assertThat(store().request(new RequestId(uuid()))).isEmpty();
    }

    @Test
    public void aTerminalResponseClosesItsRequestAndWaitsInTheRequestersInbox() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        RequestId request = request(a, b, false);
        InputAppend response = response(a, b, request, ResponseStatus.COMPLETED);

        AppendResult result = done(store().append(response));

        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        assertThat(store().waiting(a, Track.QUEUED, 0, 10))
                .extracting(w -> w.input().id())
                .containsExactly(response.input().id());
        assertThat(store().request(request).orElseThrow().reply().orElseThrow().result())
                .isEqualTo(Json.parse("{\"n\":1.10}"));
    }

    @Test
    public void aResponseForAHandleIsAnEventAndNoInput() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        RequestId request = request(a, b, true);

        AppendResult.Replied replied =
                (AppendResult.Replied) done(store().append(response(a, b, request, ResponseStatus.FAILED)));

        assertThat(replied.requester()).isEqualTo(a);
        assertThat(replied.position()).isEqualTo(new Cursor(3));
        assertThat(replied.reply().status()).isEqualTo(ResponseStatus.FAILED);
        assertThat(store().events(a, new Cursor(2), 10))
                .containsExactly(new SessionEvent.ReplyReceived(new Cursor(3), replied.reply()));
        assertThat(store().request(request).orElseThrow().reply()).contains(replied.reply());
        assertThat(load(a).inbox().admitted().queued()).isZero();
        assertThat(store().waiting(a, Track.QUEUED, 0, 10)).isEmpty();
    }

    @Test
    public void progressLeavesTheRequestOpen() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        RequestId toInbox = request(a, b, false);
        RequestId toHandle = request(a, b, true);

        AppendResult passive = done(store().append(response(a, b, toInbox, ResponseStatus.ACCEPTED)));
        AppendResult replied = done(store().append(response(a, b, toHandle, ResponseStatus.ACCEPTED)));

        assertThat(((AppendResult.Appended) passive).track()).isEqualTo(Track.PASSIVE);
        assertThat(replied).isInstanceOf(AppendResult.Replied.class);
        assertThat(store().request(toInbox).orElseThrow().reply()).isEmpty();
        assertThat(store().request(toHandle).orElseThrow().reply()).isEmpty();
        assertThat(done(store().append(response(a, b, toHandle, ResponseStatus.COMPLETED))))
                .isInstanceOf(AppendResult.Replied.class);
    }

    @Test
    public void aSecondTerminalResponseIsRefused() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        for (boolean toHandle : new boolean[] {true, false}) {
            RequestId request = request(a, b, toHandle);
            done(store().append(response(a, b, request, ResponseStatus.COMPLETED)));
            Cursor last = load(a).log().last();

            for (ResponseStatus status : ResponseStatus.values()) {
                assertThat(done(store().append(response(a, b, request, status))))
                        .isEqualTo(new AppendResult.Refused(Reason.ALREADY_ANSWERED));
            }
            assertThat(load(a).log().last()).isEqualTo(last);
            assertThat(store().request(request)
                            .orElseThrow()
                            .reply()
                            .orElseThrow()
                            .status())
                    .isEqualTo(ResponseStatus.COMPLETED);
        }
    }

    @Test
    public void aSecondDeliveryOfAResponseIsADuplicate() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        for (boolean toHandle : new boolean[] {true, false}) {
            RequestId request = request(a, b, toHandle);
            for (ResponseStatus status : List.of(ResponseStatus.ACCEPTED, ResponseStatus.COMPLETED)) {
                InputAppend response = response(a, b, request, status);
                done(store().append(response));
                Cursor position = load(a).log().last();

                assertThat(done(store().append(response)))
                        .isEqualTo(new AppendResult.Duplicate(response.input().id(), position));
                assertThat(load(a).log().last()).isEqualTo(position);
            }
        }
    }

    @Test
    public void theIdOfAReplyForAHandleHasAPlace() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        InputAppend response = response(a, b, request(a, b, true), ResponseStatus.COMPLETED);
        done(store().append(response));

        InputId id = response.input().id();
        assertThat(store().place(a, id)).map(InputPlace::position).contains(new Cursor(3));
    }

    @Test
    public void onlyTheReceiverOfARequestCanAnswerIt() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        SessionId c = create(named("c"));
        RequestId request = request(a, b, false);
        AppendResult refused = new AppendResult.Refused(Reason.UNKNOWN_REQUEST);

        assertThat(done(store().append(response(a, c, request, ResponseStatus.COMPLETED))))
                .isEqualTo(refused);
        assertThat(done(store().append(response(c, b, request, ResponseStatus.COMPLETED))))
                .isEqualTo(refused);
        assertThat(done(store().append(response(a, b, new RequestId(uuid()), ResponseStatus.COMPLETED))))
                .isEqualTo(refused);
        assertThat(load(a).log().last()).isEqualTo(new Cursor(2));
        assertThat(load(c).log().last()).isEqualTo(new Cursor(2));
        assertThat(store().request(request).orElseThrow().reply()).isEmpty();
    }

    @Test
    public void anArchivedRequesterTakesNoResponse() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        RequestId request = request(a, b, true);
        archive(a);

        assertThat(done(store().append(response(a, b, request, ResponseStatus.COMPLETED))))
                .isEqualTo(new AppendResult.Refused(Reason.ARCHIVED));
        assertThat(store().request(request).orElseThrow().reply()).isEmpty();
    }

    private List<RequestId> deadlines() {
        return store().deadlines(null, 100).stream().map(StoredRequest::id).toList();
    }

    @Test
    public void openRequestsWithADeadlineAreListedNextFirstByPageAlsoAfterReopening() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        RequestId third = request(a, b, true, Optional.of(AT.plusSeconds(3)));
        RequestId first = request(b, a, false, Optional.of(AT.minusSeconds(100)));
        RequestId second = request(a, b, false, Optional.of(AT.plusNanos(1)));
        request(a, b, true);

        assertThat(deadlines()).containsExactly(first, second, third);
        List<StoredRequest> page = store().deadlines(null, 2);
        assertThat(page)
                .containsExactly(
                        new StoredRequest(first, b, a, false, Optional.of(AT.minusSeconds(100)), Optional.empty()),
                        new StoredRequest(second, a, b, false, Optional.of(AT.plusNanos(1)), Optional.empty()));
        assertThat(store().deadlines(page.get(1), 2))
                .extracting(StoredRequest::id)
                .containsExactly(third);
        assertThat(store().request(third)).contains(store().deadlines(null, 3).get(2));
        reopenStore();
        assertThat(deadlines()).containsExactly(first, second, third);
    }

    @Test
    public void thoseWithOneDeadlineAreAllInTheirPages() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        List<RequestId> same = List.of(
                request(a, b, true, Optional.of(AT)),
                request(a, b, true, Optional.of(AT)),
                request(a, b, true, Optional.of(AT)));

        List<RequestId> read = new ArrayList<>();
        StoredRequest after = null;
        for (List<StoredRequest> page = store().deadlines(null, 1);
                !page.isEmpty();
                page = store().deadlines(after, 1)) {
            after = page.get(0);
            read.add(after.id());
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(same);
    }

    @Test
    public void whatIsAnsweredOrWhoseRequesterHasEndedHasNoDeadline() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        RequestId answered = request(a, b, true, Optional.of(AT));
        RequestId progressed = request(a, b, true, Optional.of(AT.plusSeconds(1)));
        request(b, a, true, Optional.of(AT));
        done(store().append(response(a, b, answered, ResponseStatus.COMPLETED)));
        done(store().append(response(a, b, progressed, ResponseStatus.ACCEPTED)));
        archive(b);

        assertThat(deadlines()).containsExactly(progressed);
        reopenStore();
        assertThat(deadlines()).containsExactly(progressed);
        assertThat(store().request(answered).orElseThrow().deadline()).contains(AT);
    }
}
