package dev.meerkat.server.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.internal.rpc.Message;
import dev.meerkat.server.internal.rpc.MessageReader;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.server.internal.wire.ScheduleReader;
import dev.meerkat.server.internal.wire.SpecReader;
import dev.meerkat.webhooks.Verification;
import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookResponse;
import dev.meerkat.webhooks.WebhookResult;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.WebhookSecret;
import dev.meerkat.webhooks.WebhookTarget;
import dev.meerkat.webhooks.Webhooks;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.comms.CommandForm;
import dev.meerkat.wire.internal.fault.WireFault;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.RequestForm;
import dev.meerkat.wire.internal.form.ScheduleForm;
import dev.meerkat.wire.internal.form.SpecForm;
import dev.meerkat.wire.internal.form.StoredCommandForm;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What Jazzer changes: the first byte says which parser reads the others, of all that clients and senders of webhooks send. Public, as
 * Jazzer calls it.
 */
public final class OutsideBytesTarget {
    private static final int MOST_OF_A_LINE = 1_024;
    private static final String JSON = "application/json";
    private static final WebhookSecret SECRET = WebhookSecret.of("a-secret-of-enough-length");
    private static final List<Parser> PARSERS = parsers();

    private OutsideBytesTarget() {}

    /**
     * A parser. What it throws is a refusal that names what is wrong, or a finding.
     *
     * @param name what it reads
     * @param reader reads bytes
     * @param seed what it can read, with single quotes for double ones
     */
    private record Parser(String name, Consumer<byte[]> reader, String seed) {}

    private static List<Parser> parsers() {
        List<Parser> all = new ArrayList<>();
        all.add(new Parser(
                "lines",
                OutsideBytesTarget::lines,
                "{'jsonrpc':'2.0','id':1,'method':'session/list','params':{}}\n\n{}"));
        for (ContractLine line : ContractLine.values()) {
            all.add(ofCall(
                    "commands of " + line,
                    params -> CommandForm.read(params, line),
                    "{'session_id':'x','kind':'peer_request','to':'b','intent':'i','params':{'a':1},'body':'b',"
                            + "'handling_mode':'queue','blocks':[{'type':'text','text':'t'}]}"));
            all.add(ofCall(
                    "notes of " + line,
                    params -> InputReader.note(params, line),
                    "{'session_id':'x','text':'t','content':'t','source':'s','idempotency_key':'k'}"));
        }
        all.add(ofCall(
                "specs",
                params -> {
                    KnownFields.checkSpelling("session/create", params.tree());
                    SpecReader.read(params, "default");
                },
                "{'prompt':'x','keep_alive':true,'comms_name':'a','labels':{'a':'b'},'system_prompt':'s'}"));
        all.add(ofCall(
                "turns",
                SpecReader::turn,
                "{'session_id':'x','prompt':[{'type':'text','text':'t'}],'keep_alive':false}"));
        all.add(ofCall(
                "events",
                InputReader::event,
                "{'session_id':'x','kind':'generic_json','event_type':'t','payload':{'a':1},'idempotency_key':'k',"
                        + "'source':'s','handling_mode':'queue'}"));
        all.add(ofCall(
                "answers",
                InputReader::answer,
                "{'session_id':'x','request_id':'00000000-0000-7000-8000-000000000001','status':'completed',"
                        + "'result':{},'peer_id':'00000000-0000-7000-8000-000000000002'}"));
        all.add(ofCall(
                "schedules",
                ScheduleReader::spec,
                "{'text':'x','cron':'0 9 * * MON-FRI','time_zone':'Europe/Helsinki','misfire':'skip',"
                        + "'end':'2199-12-31T00:00:00Z','key':'k','time_to_live':'PT1H'}"));
        all.add(ofApi("queries", tree -> ApiCall.read(tree, RequestForm::query), "{'offset':0,'limit':10}"));
        all.add(ofApi("API specs", tree -> ApiCall.read(tree, SpecForm::read), "{'prompt':'x','realm':'default'}"));
        all.add(ofApi(
                "API commands",
                tree -> ApiCall.read(tree, StoredCommandForm::read),
                "{'kind':'peer_message','to':{'name':'b'},'body':'x','handling_mode':'QUEUE'}"));
        all.add(ofApi(
                "API schedules", tree -> ApiCall.read(tree, ScheduleForm::spec), "{'in':'PT1H','input':{'body':'x'}}"));
        webhooks(all);
        return List.copyOf(all);
    }

    private static Parser ofCall(String name, Consumer<Params> reader, String seed) {
        return new Parser(name, bytes -> object(bytes, tree -> reader.accept(Params.of(tree))), seed);
    }

    private static Parser ofApi(String name, Consumer<ObjectNode> reader, String seed) {
        return new Parser(name, bytes -> object(bytes, reader), "{'value':" + seed + "}");
    }

    private static void object(byte[] bytes, Consumer<ObjectNode> reader) {
        try {
            if (WireJson.read(bytes, 0, bytes.length) instanceof ObjectNode tree) {
                reader.accept(tree);
            }
        } catch (IOException e) {
            // No JSON.
        }
    }

    private static void lines(byte[] bytes) {
        LineReader lines = new LineReader(new ByteArrayInputStream(bytes), MOST_OF_A_LINE);
        MessageReader reader = new MessageReader(ContractLine.NEWEST);
        try {
            for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
                byte[] copy = Arrays.copyOfRange(line.bytes(), line.offset(), line.offset() + line.length());
                object(copy, tree -> {
                    Message message = reader.read(tree);
                    if (message.toString().isEmpty()) {
                        throw new AssertionError("a message that says nothing");
                    }
                });
            }
        } catch (IOException e) {
            // A line is too long.
        }
    }

    private static void webhooks(List<Parser> all) {
        Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open();
        Session session;
        try {
            session = meerkat.create(SessionSpec.withoutPrompt().withCommsName("hooks"));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        WebhookTarget target = WebhookTarget.of(session.id());
        Verification none = Verification.none();
        List<WebhookRoute> routes = List.of(
                WebhookRoute.github("github", target, SECRET).verifying(none),
                WebhookRoute.gitlab("gitlab", target, SECRET).verifying(none),
                WebhookRoute.stripe("stripe", target, SECRET).verifying(none),
                WebhookRoute.slack("slack", target, SECRET).verifying(none),
                WebhookRoute.sentry("sentry", target, SECRET).verifying(none),
                WebhookRoute.pagerDuty("pagerduty", target, SECRET).verifying(none),
                WebhookRoute.alertmanager("alertmanager", target, none),
                WebhookRoute.grafana("grafana", target, none),
                WebhookRoute.cloudEvents("cloudevents", target, none),
                WebhookRoute.generic("generic", target, none),
                WebhookRoute.stripe("signed-stripe", target, SECRET),
                WebhookRoute.slack("signed-slack", target, SECRET),
                WebhookRoute.github("signed-github", target, SECRET),
                WebhookRoute.standardWebhooks("signed-standard", target, WebhookSecret.of("whsec_c2VjcmV0c2VjcmV0")));
        Webhooks hooks = Webhooks.of(meerkat, routes);
        for (WebhookRoute route : routes) {
            all.add(new Parser(
                    "deliveries for " + route.name(),
                    bytes -> delivery(hooks, route.name(), bytes),
                    "t=1,v1=ab\n{'id':'evt_1','type':'x','action':'opened','data':{'object':{}},'alerts':[],"
                            + "'specversion':'1.0','source':'s'}"));
        }
    }

    /** The first line stands for the headers of signatures and of kinds, the rest is the body. */
    private static void delivery(Webhooks hooks, String route, byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        String value = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        byte[] body = Arrays.copyOfRange(bytes, Math.min(bytes.length, end + 1), bytes.length);
        List<String> one = List.of(value);
        Map<String, List<String>> headers = Map.ofEntries(
                Map.entry("Content-Type", List.of(JSON)),
                Map.entry("Content-Encoding", value.startsWith("gzip") ? List.of("gzip") : List.of()),
                Map.entry("traceparent", one),
                Map.entry("X-GitHub-Event", one),
                Map.entry("X-GitHub-Delivery", one),
                Map.entry("X-Hub-Signature-256", one),
                Map.entry("X-Gitlab-Event", one),
                Map.entry("Stripe-Signature", one),
                Map.entry("X-Slack-Signature", one),
                Map.entry("X-Slack-Request-Timestamp", one),
                Map.entry("webhook-id", one),
                Map.entry("webhook-timestamp", one),
                Map.entry("webhook-signature", one));
        WebhookResponse response;
        try {
            response = hooks.handle(route, new WebhookRequest("POST", headers, body));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (response.result() == WebhookResult.UNKNOWN) {
            throw new AssertionError(route + ": " + response);
        }
    }

    /**
     * Reads bytes, which are read or refused with the reason.
     *
     * @param data which parser, and what it reads
     */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        Parser parser = PARSERS.get(Byte.toUnsignedInt(data[0]) % PARSERS.size());
        try {
            parser.reader().accept(Arrays.copyOfRange(data, 1, data.length));
        } catch (MeerkatException | WireFault e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError(parser.name() + ": refused without a reason", e);
            }
        }
    }

    /** {@return bytes for each parser, behind its number} */
    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < PARSERS.size(); i++) {
            byte[] seed = PARSERS.get(i).seed().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            byte[] data = new byte[seed.length + 1];
            data[0] = (byte) i;
            System.arraycopy(seed, 0, data, 1, seed.length);
            seeds.add(data);
        }
        return seeds;
    }
}
