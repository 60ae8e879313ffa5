package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Stores: creating, naming, listing and taking up sessions. */
public abstract class StoreSessionsChapter extends StoreChapter {
    /** For the next chapter. */
    StoreSessionsChapter() {}

    @Test
    public void aCreatedSessionIsLoadedAsItWasCreated() {
        SessionSpec spec = SessionSpec.ofPrompt(new InputBody.Prompt("hi", List.of(), List.of("be kind", "")))
                .withKeepAliveAs("a")
                .withRealm("r")
                .withSystemPrompt("be short")
                .withModel("m")
                .withLabels(Map.of("k", "v"))
                .withPeerMeta(new PeerMeta("helps", Map.of("x", "y")));
        NewSession session = newSession(spec);

        StoredSession created = ((CreateResult.Created) done(store().create(session))).session();

        StoredSession loaded = load(session.id());
        assertThat(parts(loaded)).isEqualTo(parts(created));
        assertThat(parts(loaded.spec())).isEqualTo(parts(spec));
        assertThat(loaded.identitySeed()).isEqualTo(session.identitySeed());
        assertThat(loaded.createdAt()).isEqualTo(AT);
        assertThat(loaded.standing().archived()).isFalse();
        assertThat(loaded.standing().version()).isZero();
        assertThat(loaded.standing().progress()).isEqualTo(SessionProgress.START);
        assertThat(loaded.inbox().admitted()).isEqualTo(new Marks(1, 0, 0, 0, 0));
        assertThat(loaded.inbox().waitingExternalBytes()).isZero();
        assertThat(loaded.log().last()).isEqualTo(new Cursor(2));
        assertThat(loaded.log().messageCount()).isEqualTo(1);
    }

    @Test
    public void creatingWritesTheCreatedEventThePromptAndTheSystemPrompt() {
        NewSession session = newSession(SessionSpec.ofPrompt("hi").withSystemPrompt("be short"));
        done(store().create(session));

        List<SessionEvent> events = events(session.id());
        assertThat(events.get(0))
                .isEqualTo(new SessionEvent.Lifecycle(new Cursor(1), AT, SessionEvent.Lifecycle.Phase.CREATED));
        assertThat(((SessionEvent.InputAdmitted) events.get(1)).input().id())
                .isEqualTo(session.prompt().orElseThrow().id());
        assertThat(store().waiting(session.id(), Track.PROMPT, 0, 10)).hasSize(1);
        assertThat(store().transcript(session.id(), 0, 10))
                .containsExactly(new TranscriptEntry.SystemPrompt(AT, "be short"));
    }

    @Test
    public void aSessionWithoutAPromptHasNoInput() {
        NewSession session = newSession(SessionSpec.withoutPrompt().withKeepAliveAs("a"));

        done(store().create(session));

        assertThat(load(session.id()).inbox().admitted()).isEqualTo(Marks.ZERO);
        assertThat(load(session.id()).spec().prompt()).isEmpty();
        assertThat(load(session.id()).log().last()).isEqualTo(new Cursor(1));
        assertThat(store().unfinished(null, 10)).isEmpty();
    }

    @Test
    public void aDeferredPromptWaitsInItsOwnTrack() {
        SessionSpec spec = SessionSpec.ofPrompt("hi").withDeferredStart();
        NewInput prompt = new NewInput(
                new InputId(uuid()), AT, Track.PASSIVE, spec.prompt().orElseThrow());
        NewSession session = new NewSession(new SessionId(uuid()), spec, new byte[0], AT, Optional.of(prompt));

        done(store().create(session));

        assertThat(load(session.id()).inbox().admitted()).isEqualTo(new Marks(0, 0, 0, 1, 0));
        assertThat(load(session.id()).identitySeed()).isEmpty();
        assertThat(store().unfinished(null, 10)).isEmpty();
    }

    @Test
    public void anUnknownSessionIsNotFoundAndHasNothing() {
        SessionId unknown = new SessionId(uuid());

        assertThat(store().load(unknown)).isEmpty();
        assertThat(store().find("default", "nobody")).isEmpty();
        assertThat(store().named("nowhere", null, 10)).isEmpty();
        assertThat(events(unknown)).isEmpty();
        assertThat(store().transcript(unknown, 0, 10)).isEmpty();
        assertThat(store().waiting(unknown, Track.QUEUED, 0, 10)).isEmpty();
        assertThat(store().outbox(unknown, 0, 10)).isEmpty();
        assertThat(store().place(unknown, new InputId(uuid()))).isEmpty();
    }

    @Test
    public void aNameBelongsToOneLiveSessionOfARealm() {
        SessionId holder = create(named("a"));
        NewSession second = newSession(named("a"));

        assertThat(done(store().create(second))).isEqualTo(new CreateResult.NameTaken(holder));
        assertThat(store().load(second.id())).isEmpty();
        assertThat(events(second.id())).isEmpty();
        assertThat(store().find("default", "a")).contains(holder);

        SessionId elsewhere = create(named("a").withRealm("other"));
        assertThat(store().find("other", "a")).contains(elsewhere);
    }

    @Test
    public void anArchivedSessionGivesItsNameBack() {
        SessionId first = create(named("a"));
        archive(first);

        assertThat(store().find("default", "a")).isEmpty();
        SessionId second = create(named("a"));

        assertThat(store().find("default", "a")).contains(second);
        assertThat(load(first).standing().archived()).isTrue();
    }

    @Test
    public void namedSessionsOfARealmComeInOrderOfCreation() {
        SessionId b = create(named("b"));
        SessionId a = create(SessionSpec.ofPrompt("hi").withCommsName("a"));
        create(SessionSpec.ofPrompt("hi"));
        create(named("c").withRealm("other"));
        archive(create(named("d")));

        assertThat(store().named("default", null, 10)).containsExactly(b, a);
        assertThat(store().named("default", null, 1)).containsExactly(b);
        assertThat(store().named("default", b, 1)).containsExactly(a);
        assertThat(store().named("default", a, 1)).isEmpty();
    }

    @Test
    public void liveSessionsAreListedInOrderOfCreationAndPageByPage() {
        List<SessionId> live = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            live.add(create(SessionSpec.ofPrompt("hi")));
            archive(create(SessionSpec.ofPrompt("hi")));
        }

        assertThat(store().list(SessionQuery.all())).isEqualTo(live);
        assertThat(store().list(SessionQuery.all().page(1, 2))).isEqualTo(live.subList(1, 3));
        assertThat(store().list(SessionQuery.all().page(4, 2))).isEqualTo(live.subList(4, 5));
        assertThat(store().list(SessionQuery.all().page(9, 2))).isEmpty();
    }

    @Test
    public void listingWithLabelsAsksForAllOfThem() {
        SessionId both = create(SessionSpec.ofPrompt("hi").withLabels(Map.of("x", "1", "y", "2", "z", "3")));
        SessionId one = create(SessionSpec.ofPrompt("hi").withLabels(Map.of("x", "1")));
        create(SessionSpec.ofPrompt("hi").withLabels(Map.of("x", "2", "y", "1")));
        archive(create(SessionSpec.ofPrompt("hi").withLabels(Map.of("x", "1"))));

        SessionQuery x = SessionQuery.all().withLabel("x", "1");
        assertThat(store().list(x)).containsExactly(both, one);
        assertThat(store().list(x.page(1, 1))).containsExactly(one);
        assertThat(store().list(x.withLabel("y", "2"))).containsExactly(both);
        assertThat(store().list(x.withLabel("y", "3"))).isEmpty();
    }

    @Test
    public void unfinishedAreSessionsWithSomethingToDo() {
        SessionId prompted = create(SessionSpec.ofPrompt("hi"));
        SessionId idle = idle(named("idle"));
        SessionId queued = idle(named("queued"));
        admit(queued, message("hello"));
        SessionId external = idle(named("external"));
        admit(external, event("deploy"));
        SessionId asleep = idle(SessionSpec.ofPrompt("hi").withCommsName("asleep"));
        admit(asleep, message("hello"));
        admit(asleep, event("deploy"));
        SessionId open = idle(SessionSpec.ofPrompt("hi"));
        TurnRecord turn = new TurnRecord(TURN, 1, 0, 0, load(open).inbox().admitted(), null);
        commit(open, new SessionProgress(load(open).inbox().admitted(), turn, null));
        SessionId sending = idle(SessionSpec.ofPrompt("hi").withCommsName("sending"));
        send(sending, envelope(sending, idle, "hello"));
        SessionId archived = create(SessionSpec.ofPrompt("hi"));
        archive(archived);
        SessionId archivedSending = idle(SessionSpec.ofPrompt("hi").withCommsName("archived"));
        send(archivedSending, envelope(archivedSending, idle, "hello"));
        archive(archivedSending);

        assertThat(store().unfinished(null, 10))
                .containsExactly(prompted, queued, external, open, sending, archivedSending);
    }

    @Test
    public void unfinishedSessionsComePageByPage() {
        List<SessionId> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(create(SessionSpec.ofPrompt("hi")));
            idle(SessionSpec.ofPrompt("hi"));
        }

        assertThat(store().unfinished(null, 2)).isEqualTo(all.subList(0, 2));
        assertThat(store().unfinished(all.get(1), 2)).isEqualTo(all.subList(2, 4));
        assertThat(store().unfinished(all.get(3), 2)).isEqualTo(all.subList(4, 5));
        assertThat(store().unfinished(all.get(4), 2)).isEmpty();
    }
}
