package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands read comes in whole, or is refused by name. */
class EncodedInputTest {
    private static final String MARK = "\ufeff";
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/create\",\"params\":{\"prompt\":\"caf\u00e9\"}}";
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
                    + "\"capabilities\":{},\"clientInfo\":{\"name\":\"caf\u00e9\",\"version\":\"1\"}}}";

    @TempDir
    Path directory;

    private static Cmd.Result with(String input, Charset charset, String... args) {
        return Cmd.run(new ByteArrayInputStream(input.getBytes(charset)), Map.of(), args);
    }

    private String store() {
        String store = directory.resolve("s.db").toString();
        Cmd.run("run", "--store", store, "--stdin", "lines", "--comms-name", "a", "Go.")
                .ok();
        return store;
    }

    @Test
    void aByteOrderMarkIsPassedOver() {
        assertThat(Cmd.withInput(MARK + CALL + "\n", "rpc").ok().out()).contains("prompt: caf\u00e9");
        assertThat(Cmd.withInput(MARK + INITIALIZE + "\n", "mcp").ok().out()).contains("serverInfo");
        assertThat(Cmd.withInput(MARK + "one\n" + MARK + "two\n", "run", "--stdin", "lines", "Go.")
                        .ok()
                        .out())
                .contains("{\"body\":\"one\"}", "{\"body\":\"two\"}");
        assertThat(Cmd.withInput(MARK + "{\"n\":1}", "run", "--stdin", "lines", "--line-format", "json", "Go.")
                        .ok()
                        .out())
                .contains("{\"body\":{\"n\":1}}");
        String store = store();
        Cmd.withInput(MARK + "{\"n\":1}", "event", "a", "deploy", "-", "--store", store)
                .ok();
        assertThat(Cmd.run("tail", "a", "--store", store).ok().out()).contains("deploy: {\"n\":1}");
    }

    @Test
    void aLastLineWithoutItsEndIsCarriedOut() {
        assertThat(Cmd.withInput(CALL, "rpc").ok().out()).contains("prompt: caf\u00e9");
        assertThat(Cmd.withInput(INITIALIZE, "mcp").ok().out()).contains("serverInfo");
        assertThat(Cmd.withInput("caf\u00e9", "run", "--stdin", "lines", "Go.")
                        .ok()
                        .out())
                .contains("{\"body\":\"caf\u00e9\"}");
    }

    @Test
    void whatIsNotUtf8IsRefusedByName() {
        String store = store();
        for (Charset other : new Charset[] {StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16}) {
            assertThat(with(CALL, other, "rpc").out()).contains("not UTF-8").doesNotContain("prompt:");
            assertThat(with(INITIALIZE, other, "mcp").out()).contains("not UTF-8");
            with("caf\u00e9\n", other, "run", "--stdin", "lines", "Go.")
                    .failsWith(ExitCode.INVALID, "line 1", "is not UTF-8");
            with("{\"n\":\"caf\u00e9\"}", other, "event", "a", "deploy", "-", "--store", store)
                    .failsWith(ExitCode.INVALID, "payload", "is not UTF-8");
        }
        Cmd.run("run", "--agent", "exec:printf 'caf\\351'", "Go.")
                .failsWith(ExitCode.AGENT_FAILED, "output", "not UTF-8");
    }

    @Test
    void secretsInFilesMayHaveAMarkAndMustBeUtf8() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), MARK + "s3cret\r\n");
        Cmd.Running server = Cmd.start(
                InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--token-file", token.toString());
        String url = server.awaitOutput("rest ").strip().substring("rest ".length());
        Path plain = Files.writeString(directory.resolve("plain"), "s3cret");
        Cmd.run("sessions", "--server", url, "--token-file", plain.toString()).ok();
        server.stop().ok();

        Files.write(token, "s\u00e9cret".getBytes(StandardCharsets.ISO_8859_1));
        Cmd.run("serve", "--rest", "127.0.0.1:0", "--token-file", token.toString())
                .failsWith(ExitCode.INVALID, "token-file", "is not UTF-8");
        Cmd.run(InputStream.nullInputStream(), Map.of("MEERKAT_TOKEN", "s\ufffdcret"), "serve", "--rest", "127.0.0.1:0")
                .failsWith(ExitCode.INVALID, "MEERKAT_TOKEN", "LC_ALL=C.UTF-8");
    }

    @Test
    void argumentsThatWereDamagedAreRefusedWithTheirPlace() {
        String store = directory.resolve("no.db").toString();
        for (String[] args : new String[][] {
            {"run", "--store", store, "caf\ufffd"},
            {"create", "--store", store, "caf\ufffd"},
            {"event", "caf\ufffd", "deploy", "--store", store},
            {"serve", "--realm", "caf\ufffd"},
            {"rpc", "--unknown", "caf\ufffd"},
            {"caf\ufffd"}
        }) {
            Cmd.run(args).failsWith(ExitCode.INVALID, "argument ", "caf", "LC_ALL=C.UTF-8", "bin/meerkat");
        }
        Cmd.run("run", "--store", store, "caf\ufffd").failsWith(ExitCode.INVALID, "argument 4");
        assertThat(Path.of(store)).doesNotExist();
    }

    @Test
    void aTextThatBeginsWithAnAtSignIsNoFile() throws Exception {
        Path file = Files.writeString(directory.resolve("arguments"), "other");
        for (String text : new String[] {"@" + file, "@@" + file, "@nobody"}) {
            assertThat(Cmd.run("run", text).ok().lines()).contains("  - prompt: " + text);
        }
    }
}
