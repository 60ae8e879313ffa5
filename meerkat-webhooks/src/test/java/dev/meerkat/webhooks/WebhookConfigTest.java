package dev.meerkat.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WebhookConfigTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("HOOK", " a-secret \n", "BLANK", " ", "KEY", "00ff");

    @TempDir
    Path directory;

    private WebhookConfig read(String text) throws IOException {
        Path file = directory.resolve("webhooks.json");
        Files.writeString(file, text);
        return WebhookConfig.read(file, "default", ENVIRONMENT);
    }

    /** A file with one route, in single quotes for double ones. */
    private WebhookRoute route(String fields) throws IOException {
        return read("{'routes':{'r':{%s}}}".formatted(fields).replace('\'', '"'))
                .routes()
                .get(0);
    }

    @Test
    void aRouteNeedsLittle() throws IOException, InterruptedException {
        WebhookConfig config = read("""
                {"routes": {"github": {"preset": "github", "session": "agent-a", "secrets": [{"env": "HOOK"}]}}}
                """);
        assertThat(config.variables()).containsExactly("HOOK");
        try (Hooks hooks = new Hooks()) {
            WebhookResponse response = hooks.deliver(config.routes().get(0), Hooks.github("push", "d-1", "{}"));
            assertThat(response.result()).isEqualTo(WebhookResult.ACCEPTED);
        }
    }

    @Test
    void secretsStandInFilesBesideIt() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("old"), "an-older-secret\n");
        Files.writeString(directory.resolve("new"), "a-secret\n");
        WebhookRoute route = route("'preset':'github','session':'agent-a','secrets':[{'file':'old'},{'file':'new'}]");
        try (Hooks hooks = new Hooks()) {
            assertThat(hooks.deliver(route, Hooks.github("push", "d-1", "{}")).status())
                    .isEqualTo(202);
        }
    }

    @Test
    void allSettingsHaveAnEffect() throws IOException, InterruptedException {
        WebhookRoute route = route("""
                'preset':'generic',
                'create':{'comms_name':'triage','prompt':'You triage.','keep_alive':false,'deferred':true,
                    'model':'m','system_prompt':'Be brief.','labels':{'team':'ops'},'instructions':['One.']},
                'secrets':[{'env':'HOOK'}],
                'verify':{'scheme':'shared_secret','header':'X-Key'},
                'type':[{'pointer':'/none'},{'header':'X-Event'}],
                'source':{'constant':'deployer'},
                'key':{'joined':[{'pointer':'/id'},{'header':'X-Try'}]},
                'drop':['noise'],
                'keep':['/id'],
                'body':'json',
                'max_body_bytes':100,
                'signed':'unzipped',
                'answers':{'accepted':201,'busy':429}""");
        assertThat(route.status(WebhookResult.BUSY)).isEqualTo(429);
        assertThat(route.isSignedUnzipped()).isTrue();
        assertThat(route.maxBodyBytes()).isEqualTo(100);
        assertThat(route.drops("noise")).isTrue();
        try (Hooks hooks = new Hooks()) {
            WebhookRequest request =
                    Hooks.post("{\"id\":7,\"more\":1}", "X-Key", "a-secret", "X-Event", "deploy", "X-Try", "b");
            assertThat(hooks.deliver(route, request).status()).isEqualTo(201);
            assertThat(Hooks.events(hooks.meerkat.open("triage")))
                    .containsExactly(ExternalEvent.genericJson("deploy", Json.parse("{\"id\":7}"))
                            .withSource("deployer")
                            .withIdempotencyKey("7 b"));
            SessionSnapshot triage = hooks.meerkat.open("triage").snapshot();
            assertThat(triage.labels()).isEqualTo(Map.of("team", "ops"));
        }
    }

    @ParameterizedTest
    @EnumSource(WebhookPreset.class)
    void everyPresetCanBeNamed(WebhookPreset preset) throws IOException {
        Files.writeString(directory.resolve("s"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        String text = "'preset':'%s','session':'agent-a','secrets':[{'file':'s'}]".formatted(preset.text());
        assertThat(route(text).name()).isEqualTo("r");
    }

    @ParameterizedTest
    @CsvSource({
        "github", "gitlab", "stripe", "slack", "bearer",
    })
    void everySchemeCanBeNamed(String scheme) throws IOException {
        route("'preset':'generic','session':'a','secrets':[{'env':'HOOK'}],'verify':'%s'".formatted(scheme));
        route("'preset':'generic','session':'a','secrets':[{'env':'HOOK'}],'verify':{'scheme':'%s'}".formatted(scheme));
    }

    @Test
    void schemesHaveSettings() throws IOException {
        Files.writeString(directory.resolve("key"), "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
        String start = "'preset':'generic','session':'a','secrets':[{'file':'key'}],'verify':";
        route(start + "{'scheme':'ed25519','tolerance_seconds':60}");
        route(start + "{'scheme':'hmac','header':'X-S','hash':'sha512','encoding':'base64','prefix':'p=',"
                + "'timestamp_header':'X-T','timestamp_separator':':','tolerance_seconds':60}");
        route("'preset':'generic','session':'a','verify':'none'");
        route("'preset':'generic','session_id':'0194c0de-0000-7000-8000-000000000000','verify':'none','key':'none'");
    }

    /** What is wrong, and the path that the error names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'session':'a','secrets':[{'env':'HOOK'}] | routes.r.preset must be given",
                "'preset':'githb','session':'a' | did you mean github?",
                "'preset':'fax','session':'a' | known are github, gitlab",
                "'preset':'github','sesion':'a' | routes.r.sesion is not a known field; did you mean session?",
                "'preset':'github','colour':'a' | routes.r.colour is not a known field; known are answers, body",
                "'preset':'github','secrets':[] | routes.r.session or session_id or create must be given",
                "'preset':'github','session':'a','session_id':'b' | only one of them",
                "'preset':'github','session':7 | routes.r.session must be a text",
                "'preset':'github','session':'a' | routes.r.secrets must be given",
                "'preset':'github','session':'a','secrets':[] | routes.r.secrets must not be empty",
                "'preset':'github','session':'a','secrets':['hunter2'] | routes.r.secrets[0] must be {\"env\": NAME}",
                "'preset':'github','session':'a','secrets':[{'text':'hunter2'}] | routes.r.secrets[0].text is not a known",
                "'preset':'github','session':'a','secrets':[{'env':'NONE'}] | routes.r.secrets[0].env is not set in the environment: \"NONE\"",
                "'preset':'github','session':'a','secrets':[{'env':'BLANK'}] | routes.r.secrets[0].env must not be blank: \"BLANK\"",
                "'preset':'github','session':'a','secrets':[{'file':'none'}] | routes.r.secrets[0].file cannot be read",
                "'preset':'github','session':'a','secrets':[{}] | must have either env or file",
                "'preset':'generic','session':'a','verify':'none','secrets':[] | are given, but verify is none",
                "'preset':'generic','session':'a','verify':'hmac','secrets':[{'env':'HOOK'}] | routes.r.verify.header",
                "'preset':'generic','session':'a','verify':'hmacs','secrets':[{'env':'HOOK'}] | did you mean hmac?",
                "'preset':'generic','session':'a','verify':'none','key':{} | must have one of header",
                "'preset':'generic','session':'a','verify':'none','key':[] | routes.r.key must not be empty",
                "'preset':'generic','session':'a','verify':'none','key':null | routes.r.key must not be null",
                "'preset':'generic','session':'a','verify':'none','type':{'pointer':'x'} | pointer must begin with /",
                "'preset':'generic','session':'a','verify':'none','max_body_bytes':'1' | max_body_bytes must be a whole",
                "'preset':'generic','session':'a','verify':'none','max_body_bytes':99999999 | max_body_bytes must be from 1",
                "'preset':'generic','session':'a','verify':'none','answers':{'bussy':503} | did you mean busy?",
                "'preset':'generic','session':'a','verify':'none','answers':{'busy':200} | answers.busy must be from 400",
                "'preset':'generic','session':'a','verify':'none','body':'xml' | known are by_content_type",
                "'preset':'generic','session':'a','verify':'none','signed':'maybe' | known are as_sent, unzipped",
                "'preset':'generic','create':{'prompt':'x'},'verify':'none' | routes.r.create.comms_name must be given",
                "'preset':'generic','create':{'promt':'x'},'verify':'none' | did you mean prompt?",
                "'preset':'generic','create':7,'verify':'none' | routes.r.create must be an object",
            })
    void whatIsWrongIsNamedByItsPath(String fields, String message) {
        assertThatThrownBy(() -> route(fields))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining(message.replace("`", ""))
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void filesThatCannotBeReadAreRefusedWithoutShowingThem() {
        for (String text : List.of("", "[]", "{", "{\"routes\":[]}", "{\"route\":{}}", "{\"hunter2\": x}")) {
            assertThatThrownBy(() -> read(text))
                    .isInstanceOf(InvalidFieldException.class)
                    .hasMessageNotContaining("\"hunter2\"");
        }
        assertThatThrownBy(() -> WebhookConfig.read(directory.resolve("none"), "default", Map.of()))
                .hasMessageContaining("webhooks file does not exist");
        assertThatThrownBy(() -> {
                    Files.write(directory.resolve("latin1"), "{\"ü\":1}".getBytes(StandardCharsets.ISO_8859_1));
                    WebhookConfig.read(directory.resolve("latin1"), "default", Map.of());
                })
                .hasMessageContaining("UTF-8");
    }
}
