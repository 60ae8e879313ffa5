package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.peers.Intent;
import dev.meerkat.peers.IntentCall;
import dev.meerkat.peers.IntentFailedException;
import dev.meerkat.peers.Intents;
import dev.meerkat.peers.NoReplyException;
import dev.meerkat.peers.TypedPeer;
import dev.meerkat.peers.TypedReply;
import dev.meerkat.testkit.MeerkatHarness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests between peers as calls of a Java interface, on one kind of store. */
public abstract class TypedPeersContract {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    /** What a disk has. */
    public record Space(
            int freeGib, List<String> folders, @Nullable String note) {}

    /** What is to be done. */
    public record Cleaning(String path, Depth depth, int days) {}

    /** How much of it. */
    public enum Depth {
        /** A little. */
        SHALLOW,
        /** All. */
        DEEP
    }

    /** There is no such disk. */
    public static final class DiskGoneException extends Exception {
        private static final long serialVersionUID = 1L;

        /** With its message. */
        public DiskGoneException(String message) {
            super(message);
        }
    }

    /** The intents. */
    public interface Disks {
        /** A value that is waited for. */
        @Intent(description = "Tells what is free.")
        Space diskFree(String path, @Nullable String unit) throws DiskGoneException;

        /** A stage. */
        CompletionStage<Integer> clean(Cleaning cleaning);

        /** A handle. */
        @Intent("check_disk")
        TypedReply<Space> check(String path);

        /** Nothing. */
        void mount(String path);
    }

    private static final Intents<Disks> DISKS = Intents.of(Disks.class);

    private final AtomicInteger cleaned = new AtomicInteger();
    private volatile Agent asking = turn -> "";
    private MeerkatHarness harness;
    private Session a;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // set before each test
    protected TypedPeersContract() {}

    /**
     * Opens the same store again and again.
     *
     * @return opens it
     */
    protected abstract Supplier<? extends SessionStore> stores();

    private Disks disks(IntentCall call) {
        return new Disks() {
            @Override
            public Space diskFree(String path, @Nullable String unit) throws DiskGoneException {
                if (path.equals("/gone")) {
                    throw new DiskGoneException("no disk at " + path);
                }
                return new Space(12, List.of(path, call.from().name()), unit);
            }

            @Override
            public CompletionStage<Integer> clean(Cleaning cleaning) {
                cleaned.incrementAndGet();
                return cleaning.depth() == Depth.DEEP
                        ? CompletableFuture.completedStage(cleaning.days())
                        : CompletableFuture.failedStage(new IntentFailedException(
                                "too_shallow", "dig deeper", Json.of(Map.of("least", "DEEP"))));
            }

            @Override
            public TypedReply<Space> check(String path) {
                return TypedReply.of(new Space(1, List.of(), "checked " + path));
            }

            @Override
            public void mount(String path) {
                throw new IllegalStateException("cannot mount " + path);
            }
        };
    }

    /**
     * Opens a runtime with a session that asks and one that answers.
     *
     * @throws InterruptedException if interrupted
     */
    @BeforeEach
    public void open() throws InterruptedException {
        harness = MeerkatHarness.create().store(stores()).answeredBy(this::answer);
        a = harness.meerkat().create(SessionSpec.ofPrompt("Ask.").withKeepAliveAs("a"));
        harness.meerkat()
                .create(SessionSpec.ofPrompt("Answer.")
                        .withKeepAliveAs("b")
                        .withPeerMeta(DISKS.meta("Knows the disks.")));
        harness.settle();
    }

    /** Closes it. */
    @AfterEach
    public void close() {
        harness.close();
    }

    private String answer(TurnContext turn) throws Exception {
        boolean asks = turn.session().commsName().orElse("").equals("a");
        return asks ? asking.answer(turn) : DISKS.answeredBy(this::disks).answer(turn);
    }

    private TypedPeer<Disks> peer() {
        return DISKS.peer(a, "b").timeout(PATIENCE);
    }

    private PeerReply ask(String intent, String params) throws InterruptedException {
        return a.request(PeerRequest.to("b", intent, Json.parse(params)))
                .await(PATIENCE)
                .orElseThrow();
    }

    @Test
    public void aMethodIsARequestAndItsResultTheResponse() throws Exception {
        Space space = peer().proxy().diskFree("/build", "GiB");

        assertThat(space).isEqualTo(new Space(12, List.of("/build", "a"), "GiB"));
        assertThat(peer().proxy().diskFree("/build", null).note()).isNull();
    }

    @Test
    public void theRequestHasTheIntentAndTheParamsByName() throws Exception {
        PeerReply reply = ask("disk_free", "{\"path\":\"/x\",\"more\":1}");

        assertThat(reply.status()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(reply.result().at("/freeGib")).contains(Json.of(12));
    }

    @Test
    public void aStageIsCompletedByTheResponse() throws Exception {
        CompletionStage<Integer> days = peer().proxy().clean(new Cleaning("/build", Depth.DEEP, 30));

        assertThat(days.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(30);
    }

    @Test
    public void aHandleIsHadAgainByItsRequestAfterARestart() throws Exception {
        harness.executor().hold();
        RequestId request = peer().proxy().check("/build").requestId();
        harness.restart();
        harness.executor().release();
        a = harness.meerkat().open("a");
        harness.settle();

        assertThat(peer().reply(request, Space.class).await(PATIENCE).note()).isEqualTo("checked /build");
    }

    @Test
    public void aCallWaitsNoLongerThanItMayAndTheRequestStaysOpen() throws Exception {
        harness.executor().hold();
        Disks impatient = DISKS.peer(a, "b").timeout(AT_ONCE).proxy();

        NoReplyException none = catchThrowableOfType(NoReplyException.class, () -> impatient.diskFree("/build", null));
        harness.executor().release();

        assertThat(peer().reply(none.requestId(), Space.class).await(PATIENCE).freeGib())
                .isEqualTo(12);
    }

    @Test
    public void anInterruptEndsTheWaitAndIsNotLost() throws Exception {
        harness.executor().hold();
        Disks disks = peer().proxy();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> disks.diskFree("/build", null)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(Thread.interrupted()).isTrue();
        harness.executor().release();
    }

    @Test
    public void aDeclaredExceptionIsThrownAsItIs() {
        assertThatExceptionOfType(DiskGoneException.class)
                .isThrownBy(() -> peer().proxy().diskFree("/gone", null))
                .withMessage("no disk at /gone");
    }

    @Test
    public void otherFailuresHaveCodeMessageAndDetails() {
        assertThatExceptionOfType(IntentFailedException.class)
                .isThrownBy(() -> peer().proxy().mount("/x"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo("failed"))
                .withMessage("IllegalStateException: cannot mount /x");
        CompletionStage<Integer> days = peer().proxy().clean(new Cleaning("/", Depth.SHALLOW, 1));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> days.toCompletableFuture().join())
                .satisfies(e -> assertThat(e.getCause())
                        .isInstanceOfSatisfying(IntentFailedException.class, failure -> {
                            assertThat(failure.code()).isEqualTo("too_shallow");
                            assertThat(failure.details().at("/least")).contains(Json.of("DEEP"));
                        }));
    }

    @Test
    public void anUnknownIntentIsAnsweredWithTheOnesThereAre() throws Exception {
        PeerReply reply = ask("format_disk", "{}");

        assertThat(reply.status()).isEqualTo(ResponseStatus.FAILED);
        assertThat(reply.result().at("/code")).contains(Json.of("unknown_intent"));
        assertThat(reply.result().text()).contains("format_disk", "check_disk, clean, disk_free, mount");
    }

    @Test
    public void wrongParamsAreAnsweredWithWhereTheyAreWrong() throws Exception {
        Map<String, List<String>> wrong = Map.of(
                "{}", List.of("/path", "must be given"),
                "[1]", List.of("must be of type object"),
                "{\"path\":\"/\",\"depth\":\"DEEPER\",\"days\":1}", List.of("/depth", "SHALLOW"),
                "{\"path\":\"/\",\"depth\":\"DEEP\",\"days\":\"1\"}", List.of("/days", "integer"),
                "{\"path\":\"/\",\"depth\":\"DEEP\"}", List.of("/days", "must be given"));
        for (Map.Entry<String, List<String>> params : wrong.entrySet()) {
            PeerReply reply = ask("clean", params.getKey());

            assertThat(reply.status()).isEqualTo(ResponseStatus.FAILED);
            assertThat(reply.result().at("/code")).contains(Json.of("invalid_params"));
            assertThat(reply.result().text()).contains(params.getValue());
        }
        assertThat(cleaned).hasValue(0);
    }

    @Test
    public void anAnswerOfAnotherShapeIsAFailure() throws Exception {
        harness.executor().hold();
        TypedReply<Space> reply = peer().proxy().check("/x");
        Session b = harness.meerkat().open("b");
        b.send(PeerResponse.completed(PeerRef.named("a"), reply.requestId(), Json.parse("{\"freeGib\":1}")));

        assertThatExceptionOfType(IntentFailedException.class)
                .isThrownBy(() -> reply.await(PATIENCE))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo("invalid_result"))
                .withMessageContaining("/folders");
        harness.executor().release();
    }

    @Test
    public void peersAreToldTheSchemas() throws Exception {
        Map<String, Json> told = Intents.toldBy(a.peers().get(0));

        assertThat(told).containsOnlyKeys("check_disk", "clean", "disk_free", "mount");
        assertThat(told.get("disk_free")).isEqualTo(Json.parse("""
                {"description": "Tells what is free.",
                 "params": {"type": "object",
                            "properties": {"path": {"type": "string"}, "unit": {"type": "string"}},
                            "required": ["path"]},
                 "result": {"type": "object",
                            "properties": {"freeGib": {"type": "integer"},
                                           "folders": {"type": "array", "items": {"type": "string"}},
                                           "note": {"type": "string"}},
                            "required": ["freeGib", "folders"]}}
                """));
        assertThat(told)
                .containsEntry(
                        "mount",
                        Json.parse(
                                "{\"params\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},\"required\":[\"path\"]}}"));
    }

    @Test
    public void anAgentAsksWithinItsTurn() throws Exception {
        asking = turn -> turn.inputs().get(0).body() instanceof InputBody.Prompt
                ? DISKS.peer(turn.comms(), "b")
                        .timeout(PATIENCE)
                        .proxy()
                        .diskFree("/build", null)
                        .folders()
                        .toString()
                : "";
        a.startTurn("Ask.");
        harness.settle();

        assertThat(a.snapshot().lastAnswer()).hasValue("[/build, a]");
    }

    @Test
    public void whatIsAnsweredIsNotAnsweredAgainAfterACrash() throws Exception {
        TypedReply<Integer> first = handle(new Cleaning("/a", Depth.DEEP, 1));
        harness.settle();
        assertThat(first.await(PATIENCE)).isEqualTo(1);
        harness.crash();
        harness.settle();
        a = harness.meerkat().open("a");

        assertThat(peer().reply(first.requestId(), Integer.class).await(PATIENCE))
                .isEqualTo(1);
        assertThat(cleaned).hasValue(1);
    }

    private TypedReply<Integer> handle(Cleaning cleaning) throws InterruptedException {
        RequestId id =
                a.request(PeerRequest.to("b", "clean", Json.of(cleaning))).requestId();
        return peer().reply(id, Integer.class);
    }

    /** What cannot be an interface of intents. */
    interface TwoOfOne {
        void a(int x);

        void a(String x);
    }

    /** What cannot be read from JSON. */
    interface TypeArguments {
        List<String> names();
    }

    @Test
    public void whatCannotBeIntentsIsRefusedAtOnce() {
        assertThatThrownBy(() -> Intents.of(String.class)).hasMessageContaining("interface");
        assertThatThrownBy(() -> Intents.of(TwoOfOne.class)).hasMessageContaining("the intent a");
        assertThatThrownBy(() -> Intents.of(TypeArguments.class)).hasMessageContaining("record");
    }

    @Test
    public void schemasThatDoNotFitAreLeftOut() {
        PeerMeta meta = Intents.of(Large.class).meta("Large.");

        assertThat(meta.labels().get("intent.all")).isEqualTo("{}");
        assertThat(meta.labels().get("intent.some")).contains("params");
    }

    /** Has a schema of more than 4 KiB. */
    interface Large {
        void all(Part64 part);

        void some(String text);
    }

    /** Four fields. */
    public record Part4(Space oneOfFour, Space twoOfFour, Space threeOfFour, Space fourOfFour) {}

    /** Sixteen. */
    public record Part16(Part4 oneOfSixteen, Part4 twoOfSixteen, Part4 threeOfSixteen, Part4 fourOfSixteen) {}

    /** Sixty-four. */
    public record Part64(Part16 one, Part16 two, Part16 three, Part16 four) {}
}
