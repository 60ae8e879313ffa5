package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.api.Usage;
import dev.meerkat.client.ContractMismatchException;
import dev.meerkat.wire.ContractVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tolerant reading: what other lines and odd servers write. */
class AnswersTest {
    private static final String ID = "01900000-0000-7000-8000-00000000000a";
    private static final PeerRef TO = PeerRef.named("agent-b");
    private static final CommsCommand.PeerMessage MESSAGE = CommsCommand.PeerMessage.to(TO, "x");

    private static JsonNode json(String text) {
        return Recorded.json(text.replace('\'', '"').replaceAll("\\bID\\b", ID));
    }

    private static Delivery delivery(String fields) {
        return Answers.receipt(MESSAGE, json("{'kind':'peer_message_sent','envelope_id':'ID'" + fields + ",'new':[1]}"))
                .delivery();
    }

    @Test
    void aReceiptSaysDeliveryOrAckedOrNothing() {
        assertThat(delivery("")).isEqualTo(new Delivery.HandedOff());
        assertThat(delivery(",'acked':false")).isEqualTo(new Delivery.HandedOff());
        assertThat(delivery(",'acked':true")).isEqualTo(new Delivery.Acknowledged());
        assertThat(delivery(",'delivery':null")).isEqualTo(new Delivery.HandedOff());
        assertThat(delivery(",'delivery':'acked'")).isEqualTo(new Delivery.Acknowledged());
        assertThat(delivery(",'delivery':'handed_off'")).isEqualTo(new Delivery.HandedOff());
        assertThat(delivery(",'delivery':'volatile_handed_off'")).isEqualTo(new Delivery.HandedOff());
        assertThat(delivery(",'delivery':'queued'")).isEqualTo(new Delivery.Queued());
        assertThat(delivery(",'delivery':{'durably_resolved':{'outcome':'deduplicated'}}"))
                .isEqualTo(new Delivery.Durable(true));
        assertThat(delivery(",'delivery':'sealed'")).isEqualTo(new Delivery.Unrecognized("sealed"));
        assertThatThrownBy(() -> delivery(",'delivery':{'durably_resolved':{'outcome':'rejected'}}"))
                .isExactlyInstanceOf(NotDoneException.class)
                .extracting(e -> ((NotDoneException) e).code())
                .isEqualTo("peer_input_rejected");
        assertThat(delivery(",'delivery':{'durably_resolved':{'outcome':'new'}}"))
                .isEqualTo(new Delivery.Unrecognized("{\"durably_resolved\":{\"outcome\":\"new\"}}"));
    }

    @Test
    void aReceiptOfAnotherKindIsNoProof() {
        for (String kind : List.of("peer_request_sent", "peer_message_seen", "")) {
            assertThatThrownBy(() -> Answers.receipt(MESSAGE, json("{'kind':'" + kind + "','envelope_id':'ID'}")))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            error -> assertThat(error.code()).isEqualTo("invalid_answer"))
                    .hasMessageContaining("kind");
        }
    }

    @Test
    void whatIsQueuedHasTheIdsThatTheServerTells() {
        assertThat(Answers.eventOutcome(json("{'queued':true}")))
                .isEqualTo(new EventOutcome.Accepted(Optional.empty(), Optional.empty(), new Delivery.Queued()));
        assertThat(Answers.eventOutcome(json("{'queued':true,'input_id':'ID'}")))
                .isEqualTo(new EventOutcome.Accepted(
                        Optional.of(InputId.of(ID)), Optional.empty(), new Delivery.Queued()));
        assertThat(Answers.eventOutcome(json("{'queued':true,'input_id':null,'existing_id':'ID'}")))
                .isEqualTo(new EventOutcome.Duplicate(InputId.of(ID), Optional.empty(), false));
    }

    @Test
    void aResponseHasAReceipt() {
        Receipt.PeerResponseSent sent = Answers.receipt(
                CommsCommand.PeerResponse.completed(TO, RequestId.of(ID), Json.NULL),
                json("{'kind':'peer_response_sent','envelope_id':'ID','in_reply_to':'ID','delivery':'queued'}"));
        assertThat(sent.inReplyTo()).hasToString(ID);
        assertThat(sent.delivery()).isEqualTo(new Delivery.Queued());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "[]",
                "1",
                "'x'",
                "{'kind':7}",
                "{'kind':'peer_message_sent'}",
                "{'kind':'peer_message_sent','envelope_id':'7'}",
                "{'kind':'peer_message_sent','envelope_id':null}"
            })
    void whatLacksANeededFieldNamesIt(String answer) {
        assertThatThrownBy(() -> Answers.receipt(MESSAGE, json(answer)))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContainingAll("cannot be read")
                .hasMessageMatching(".*(kind|envelope_id) must be .*");
    }

    @Test
    void aPeersAddressIsATextOrAnObject() {
        String rest = ",'source':'Inproc','sendable_kinds':['peer_message',7]}]}";
        Peer text = Answers.peers(json("{'peers':[{'peer_id':'ID','name':'b','address':'tcp://h:1'" + rest))
                .get(0);
        assertThat(text).isEqualTo(new Peer(PeerId.of(ID), "b", "tcp", "h:1", Set.of("peer_message"), PeerMeta.NONE));
        Peer bare = Answers.peers(json("{'peers':[{'peer_id':'ID','name':'b','address':'b'" + rest))
                .get(0);
        assertThat(bare.endpoint()).isEqualTo("b");
        Peer object = Answers.peers(json("{'peers':[{'peer_id':'ID','name':'b','address':{'transport':'uds',"
                        + "'endpoint':'/s'},'reachability':'unknown','meta':{'description':'d','labels':{'a':'b'}}}]}"))
                .get(0);
        assertThat(object)
                .isEqualTo(new Peer(PeerId.of(ID), "b", "uds", "/s", Set.of(), new PeerMeta("d", Map.of("a", "b"))));
    }

    @Test
    void whatAPeerSaysOfItselfBeyondTheLimitsDoesNotHideIt() {
        String large = "x".repeat(5_000);
        assertThat(Answers.peers(json("{'peers':[{'peer_id':'ID','name':'b','meta':{'description':'" + large + "'}}]}"))
                        .get(0)
                        .meta())
                .isEqualTo(PeerMeta.NONE);
    }

    @Test
    void usageIsEmptyWhereItIsNotTold() {
        assertThat(Answers.completed(json("{'text':'ok'}")).usage()).isEmpty();
        assertThat(Answers.completed(json("{'text':'ok','usage':{'input_tokens':-1,'output_tokens':2}}"))
                        .usage())
                .isEmpty();
        assertThat(Answers.completed(json("{'text':'ok','usage':{'input_tokens':1,'output_tokens':2}}"))
                        .usage())
                .contains(new Usage(1, 2));
    }

    @Test
    void aKeepAliveSessionThatDidRunItsTurnHasIt() {
        Created created = Answers.created(json("{'session_id':'ID','text':'ok','turns':1}"), true);
        assertThat(created.firstTurn()).isInstanceOf(TurnOutcome.Completed.class);
        assertThat(created.realm()).isNull();
    }

    @Test
    void aSessionRowNeedsIdTimeAndCount() {
        String row = "{'session_id':'ID','created_at':7,'message_count':2";
        SessionRow read = Answers.session(json(row + ",'is_active':true,'labels':{'a':'b','c':1},'extra':{}}"));
        assertThat(read.active()).isTrue();
        assertThat(read.labels()).isEqualTo(Map.of("a", "b"));
        assertThat(read.createdAt()).isEqualTo(Instant.ofEpochSecond(7));
        for (String lacking : List.of(
                "{'created_at':7,'message_count':2}",
                "{'session_id':'ID','message_count':2}",
                "{'session_id':'ID','created_at':'yesterday','message_count':2}",
                "{'session_id':'ID','created_at':99999999999999999,'message_count':2}",
                "{'session_id':'ID','created_at':7}")) {
            assertThatThrownBy(() -> Answers.session(json(lacking))).isInstanceOf(UnknownOutcomeException.class);
        }
    }

    @Test
    void whatAServerTellsOfNameAndKeepAliveStandsForOurLabels() {
        String row = "{'session_id':'ID','created_at':7,'message_count':2,'comms_name':'a'";
        String ours = ",'labels':{'dev.meerkat.comms-name':'old','dev.meerkat.keep-alive':'true','team':'core'}";

        assertThat(Answers.session(json(row + ",'keep_alive':true}")).labels())
                .isEqualTo(Map.of(OwnLabels.COMMS_NAME, "a", OwnLabels.KEEP_ALIVE, "true"));
        assertThat(Answers.session(json(row + ours + ",'keep_alive':false}")).labels())
                .isEqualTo(Map.of(OwnLabels.COMMS_NAME, "a", "team", "core"));
        assertThat(Answers.session(json(row + ours + "}")).labels()).containsKey(OwnLabels.KEEP_ALIVE);
    }

    @ParameterizedTest
    @CsvSource({
        "accepted,QUEUED",
        "queued,QUEUED",
        "staged,STAGED",
        "applied,STAGED",
        "applied_pending_consumption,STAGED",
        "consumed,CONSUMED",
        "superseded,CONSUMED",
        "coalesced,CONSUMED",
        "abandoned,DEAD_LETTERED"
    })
    void everyStateOfAnInputHasAMeaning(String wire, InputStatus.State state) {
        assertThat(Answers.inputStatus(json("{'state':{'input_id':'ID','current_state':'" + wire + "'}}")))
                .get()
                .extracting(InputStatus::state)
                .isEqualTo(state);
    }

    @Test
    void anUnknownInputIsEmptyAndAnUnknownStateIsInvalid() {
        assertThat(Answers.inputStatus(json("{}"))).isEmpty();
        assertThat(Answers.inputStatus(json("{'state':null}"))).isEmpty();
        assertThatThrownBy(() -> Answers.inputStatus(json("{'state':{'input_id':'ID','current_state':'new'}}")))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("current_state");
    }

    @Test
    void aRejectedEventWasNotDone() {
        assertThatThrownBy(() -> Answers.eventOutcome(json("{'outcome_type':'rejected','reason':'too old'}")))
                .isInstanceOfSatisfying(
                        NotDoneException.class,
                        error -> assertThat(error.code()).isEqualTo("rejected"))
                .hasMessage("too old");
        assertThatThrownBy(() -> Answers.eventOutcome(json("{'outcome_type':'parked'}")))
                .isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> Answers.eventOutcome(json("{'queued':false}")))
                .isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void aStagedContextIsNew() {
        assertThat(Answers.contextApplied(json("{'status':'staged'}"))).isTrue();
        assertThatThrownBy(() -> Answers.contextApplied(json("{'status':'lost'}")))
                .isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void aVersionThatCannotBeIsAMismatch() {
        assertThat(Answers.version(json("{'contract_version':'0.6.34'}"))).isEqualTo(ContractVersion.parse("0.6.34"));
        assertThatThrownBy(() -> Answers.version(json("{'contract_version':{'major':1,'minor':0}}")))
                .isInstanceOf(ContractMismatchException.class)
                .hasMessageContaining("1.0.0");
        assertThatThrownBy(() -> Answers.version(json("{'contract_version':'new'}")))
                .isInstanceOf(ContractMismatchException.class);
        assertThatThrownBy(() -> Answers.version(json("{'contract_version':{'major':0,'minor':99999999999}}")))
                .isInstanceOf(ContractMismatchException.class);
        assertThatThrownBy(() -> Answers.version(json("{}"))).isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void anEmptyLogPageHasNoEvents() {
        assertThat(Answers.logPage(json("{'has_more':false}"))).isEqualTo(new LogPage(List.of(), false));
        assertThatThrownBy(() -> Answers.logPage(json("{'events':{}}"))).isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> Answers.logPage(json("null"))).isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> Answers.logPage(json("{'events':[{'event':{'type':'x'}}]}")))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("sequence");
    }

    @Test
    void anEnvelopeNeedsItsPayloadOnly() {
        ReadEvent event = Answers.envelope(json("{'payload':{'type':'text_delta','delta':'x'}}"));
        assertThat(event.type()).isEqualTo("text_delta");
        assertThat(event.id()).isEmpty();
        assertThat(event.position()).isZero();
        assertThatThrownBy(() -> Answers.envelope(json("{'payload':'x'}")))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("payload");
    }
}
