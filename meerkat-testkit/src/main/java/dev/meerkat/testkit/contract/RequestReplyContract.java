package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestCycleException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests and their responses: to the requester's agent, or to a handle that can be awaited. */
@Requires(Capability.REPLY_HANDLES)
public abstract class RequestReplyContract extends ContractChapter {
    private static final PeerRef A = PeerRef.named("a");
    private static final Json PARAMS = Json.parse("{\"terms\":[1,2]}");
    private static final Json RESULT = Json.parse("{\"sum\":3.0}");

    /** For subclasses. */
    protected RequestReplyContract() {}

    @Test
    public void aRequestReachesThePeerWithIntentParamsAndItsId() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        PeerRequest request = PeerRequest.to("b", "sum", PARAMS);

        Receipt.PeerRequestSent receipt = a.send(request);

        InputBody.PeerRequest got =
                (InputBody.PeerRequest) watch(b).admitted("sum").input().body();
        assertThat(got.command()).isEqualTo(request);
        assertThat(got.requestId()).isEqualTo(receipt.requestId());
        assertThat(got.from().name()).isEqualTo("a");
        assertThat(b.inputStatus(new InputId(receipt.envelopeId().value()))).isPresent();
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theResponseToASentRequestWakesTheRequestersAgent() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);
        RequestId request = a.send(PeerRequest.to("b", "sum", PARAMS)).requestId();

        Receipt.PeerResponseSent receipt = b.send(PeerResponse.completed(A, request, RESULT));

        Watch watch = watch(a);
        InputId input = new InputId(receipt.envelopeId().value());
        assertThat(watch.completed(input).text()).isEqualTo("COMPLETED");
        InputBody.PeerResponse got =
                (InputBody.PeerResponse) watch.admitted("COMPLETED").input().body();
        assertThat(got.command().inReplyTo()).isEqualTo(request);
        assertThat(got.command().result()).isEqualTo(RESULT);
        assertThat(receipt.inReplyTo()).isEqualTo(request);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theResponseToAnAwaitedRequestGoesToTheHandleAndWakesNobody() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);
        Reply reply = a.request(PeerRequest.to("b", "sum", PARAMS));

        b.send(PeerResponse.completed(A, reply.requestId(), RESULT));

        PeerReply got = reply.await(PATIENCE).orElseThrow();
        assertThat(got.requestId()).isEqualTo(reply.requestId());
        assertThat(got.status()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(got.result()).isEqualTo(RESULT);
        assertThat(got.from().name()).isEqualTo("b");
        assertThat(watch(a).await(SessionEvent.ReplyReceived.class).reply()).isEqualTo(got);
        assertThat(handled(a, "own work")).isEqualTo("own work");
        assertThat(Seen.turns(a)).containsExactly(List.of("own work"));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theAgentOfThePeerCompletesARequest() throws Exception {
        Session a = idle("a");
        idle("b");
        fixture().agent(turn -> {
            turn.comms().respond(turn.inputs().get(0), RESULT);
            return "done";
        });

        PeerReply got =
                a.request(PeerRequest.to("b", "sum", PARAMS)).await(PATIENCE).orElseThrow();

        assertThat(got.result()).isEqualTo(RESULT);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAgentAwaitsAReplyWithinItsTurn() throws Exception {
        Session a = idle("a");
        idle("b");
        fixture().agent(turn -> {
            if (turn.session().commsName().orElseThrow().equals("b")) {
                turn.comms().respond(turn.inputs().get(0), RESULT);
                return "done";
            }
            Reply reply = turn.comms().request(PeerRequest.to("b", "sum", PARAMS));
            return reply.await(PATIENCE).orElseThrow().result().text();
        });

        assertThat(handled(a, "ask b")).isEqualTo("{\"sum\":3.0}");
        assertThat(Seen.transcript(a))
                .filteredOn(TranscriptEntry.Replied.class::isInstance)
                .singleElement()
                .satisfies(entry -> assertThat(
                                ((TranscriptEntry.Replied) entry).reply().result())
                        .isEqualTo(RESULT));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void twoTurnsThatWouldWaitForEachOtherAreTold() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        askAround(Map.of("a", "b", "b", "a"));

        assertThat(handled(a, "ask")).isIn("\"[b, a]\"", "\"[a, b]\"");
        assertThat(watch(b).await(SessionEvent.PeerSent.class).to().name()).isEqualTo("a");
        // The request stays sent, and the next turn handles it.
        Watch watch = watch(a);
        watch.completed(watch.admitted("sum").input().id());
        assertThat(Seen.times(b, "sum")).isEqualTo(1);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void threeTurnsThatWouldWaitForEachOtherAreTold() throws Exception {
        Session a = idle("a");
        idle("b");
        idle("c");
        askAround(Map.of("a", "b", "b", "c", "c", "a"));

        // Begins with the session whose wait closed the circle, whichever that was.
        assertThat(handled(a, "ask")).isIn("\"[c, a, b]\"", "\"[a, b, c]\"", "\"[b, c, a]\"");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void turnsThatWaitInAChainAndThoseThatAnswerFirstAreNoCycle() throws Exception {
        Session a = idle("a");
        idle("b");
        idle("c");
        askAround(Map.of("a", "b", "b", "c"));
        assertThat(handled(a, "ask")).isEqualTo("\"c\"");

        fixture().agent(turn -> {
            AdmittedInput input = turn.inputs().get(0);
            boolean answers = input.body() instanceof InputBody.PeerRequest;
            if (answers) {
                turn.comms().respond(input, RESULT);
            }
            String text = Seen.text(input);
            if (text.equals("ask") || text.equals("first")) {
                String to = answers ? "a" : "b";
                Reply reply = turn.comms().request(PeerRequest.to(to, answers ? "second" : "first", PARAMS));
                assertThat(reply.await(Duration.ZERO)).isNotNull();
                assertThat(reply.await(PATIENCE)).isPresent();
            }
            return "answered";
        });
        assertThat(handled(a, "ask")).isEqualTo("answered");
        assertLogged(a, SessionEvent.TurnFailed.class, 0);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aGetOnTheStageOfAReplyIsSeenToo() throws Exception {
        assertSeen(reply -> reply.completion().toCompletableFuture().get());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aJoinOnTheStageOfAReplyIsSeenToo() throws Exception {
        assertSeen(reply -> reply.completion().toCompletableFuture().join());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aGetOnWhatIsMadeOfTheStageOfAReplyIsSeenToo() throws Exception {
        assertSeen(reply -> reply.completion()
                .thenApply(known -> known)
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    private void assertSeen(Waiting wait) throws Exception {
        Session a = idle("a");
        idle("b");
        askAround(Map.of("a", "b"), wait);
        assertThat(handled(a, "ask")).isEqualTo("\"b\"");
        askAround(Map.of("a", "b", "b", "a"), wait);
        assertThat(handled(a, "ask")).isIn("\"[b, a]\"", "\"[a, b]\"");
    }

    /** How an agent waits for a reply. */
    @FunctionalInterface
    private interface Waiting {
        PeerReply on(Reply reply) throws Exception;
    }

    private void askAround(Map<String, String> whom) {
        askAround(whom, reply -> reply.await(PATIENCE).orElseThrow());
    }

    /** Each session asks another one before it answers; one that may not wait answers with the names in the way. */
    private void askAround(Map<String, String> whom, Waiting wait) {
        fixture().agent(turn -> {
            AdmittedInput input = turn.inputs().get(0);
            String me = turn.session().commsName().orElseThrow();
            Json answer = Json.of(me);
            // What a session is asked while its own turn runs needs no further asking.
            String peer = me.equals("a") && input.body() instanceof InputBody.PeerRequest ? null : whom.get(me);
            if (peer != null) {
                try {
                    Reply reply = turn.comms().request(PeerRequest.to(peer, "sum", PARAMS));
                    answer = wait.on(reply).result();
                } catch (RequestCycleException e) {
                    answer = Json.of(e.names().toString());
                }
            }
            if (input.body() instanceof InputBody.PeerRequest) {
                turn.comms().respond(input, answer);
            }
            return answer.text();
        });
    }

    @Test
    public void anAcceptedResponseIsProgressAndLeavesTheHandleOpen() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Reply reply = a.request(PeerRequest.to("b", "sum", PARAMS));

        b.send(PeerResponse.accepted(A, reply.requestId()));

        Watch watch = watch(a);
        assertThat(watch.await(SessionEvent.ReplyReceived.class).reply().status())
                .isEqualTo(ResponseStatus.ACCEPTED);
        assertThat(reply.await(Duration.ZERO)).isEmpty();
        b.send(PeerResponse.completed(A, reply.requestId(), RESULT));
        assertThat(reply.await(PATIENCE).orElseThrow().status()).isEqualTo(ResponseStatus.COMPLETED);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAcceptedResponseWithoutAHandleWakesNobodyAndIsInTheNextTurn() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);
        RequestId request = a.send(PeerRequest.to("b", "sum", PARAMS)).requestId();

        b.send(PeerResponse.accepted(A, request));
        handled(b, "elsewhere");

        assertThat(handled(a, "own work")).isEqualTo("ACCEPTED own work");
    }

    @Test
    public void aFailedResponseIsTerminalAndSaysWhy() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Reply reply = a.request(PeerRequest.to("b", "sum", PARAMS));

        b.send(PeerResponse.failed(A, reply.requestId(), Json.parse("\"no terms\"")));

        PeerReply got = reply.await(PATIENCE).orElseThrow();
        assertThat(got.status()).isEqualTo(ResponseStatus.FAILED);
        assertThat(got.result().text()).isEqualTo("\"no terms\"");
    }

    @Test
    public void repliesGoEachToItsOwnHandleInWhateverOrderTheyCome() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Reply first = a.request(PeerRequest.to("b", "first", Json.NULL));
        Reply second = a.request(PeerRequest.to("b", "second", Json.NULL));

        b.send(PeerResponse.completed(A, second.requestId(), Json.parse("2")));
        assertThat(second.await(PATIENCE).orElseThrow().result().text()).isEqualTo("2");
        assertThat(first.await(Duration.ZERO)).isEmpty();
        b.send(PeerResponse.completed(A, first.requestId(), Json.parse("1")));
        assertThat(first.await(PATIENCE).orElseThrow().result().text()).isEqualTo("1");
    }

    @Test
    public void blocksOfAResponseReachTheHandle() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Reply reply = a.request(PeerRequest.to("b", "draw", Json.NULL));
        List<ContentBlock> blocks = List.of(new ContentBlock.Image("image/png", "iVBOR"));

        b.send(PeerResponse.completed(A, reply.requestId(), Json.NULL).withBlocks(blocks));

        assertThat(reply.await(PATIENCE).orElseThrow().blocks()).isEqualTo(blocks);
    }

    @Test
    public void aHandleIsGivenAgainById() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        RequestId request = a.request(PeerRequest.to("b", "sum", PARAMS)).requestId();

        Reply before = a.reply(request);
        b.send(PeerResponse.completed(A, request, RESULT));
        Reply after = again(a).reply(request);

        assertThat(before.await(PATIENCE)).isPresent().isEqualTo(after.await(PATIENCE));
        assertThat(after.completion().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .isEqualTo(before.await(PATIENCE).orElseThrow());
    }

    @Test
    public void thereIsNoHandleForARequestThatWasNotAwaitedOrIsNotOnesOwn() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        RequestId sent = a.send(PeerRequest.to("b", "sum", PARAMS)).requestId();
        RequestId awaited = a.request(PeerRequest.to("b", "sum", PARAMS)).requestId();

        assertThatExceptionOfType(RequestNotFoundException.class).isThrownBy(() -> a.reply(sent));
        assertThatExceptionOfType(RequestNotFoundException.class).isThrownBy(() -> b.reply(awaited));
        assertThatExceptionOfType(RequestNotFoundException.class)
                .isThrownBy(() -> a.reply(new RequestId(new UUID(1, 2))));
    }

    @Test
    @Requires(Capability.FREE_INTENTS)
    public void intentParamsAndResultMayBeAnything() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Json any = Json.parse("[\"\\u0000\",1e400,-0.0,{\"\":[]},\"\uD83D\uDC3F\"]");

        Reply reply = a.request(PeerRequest.to("b", "Überprüfen, bitte!", any));
        b.send(PeerResponse.completed(A, reply.requestId(), any));

        assertThat(((InputBody.PeerRequest)
                                watch(b).admitted("Überprüfen, bitte!").input().body())
                        .command()
                        .params())
                .isEqualTo(any);
        assertThat(reply.await(PATIENCE).orElseThrow().result()).isEqualTo(any);
    }
}
