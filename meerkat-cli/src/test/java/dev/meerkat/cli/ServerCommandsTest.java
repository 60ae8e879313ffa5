package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Sessions that are created, prompted and ended on a server from the command line. */
class ServerCommandsTest {
    @Test
    void aSessionLivesOnAServerFromItsCreationToItsEnd() throws Exception {
        Cmd.Running server =
                Cmd.start(InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--tcp", "127.0.0.1:0");
        String[] urls = server.awaitOutput("tcp ")
                .lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toArray(String[]::new);
        for (String url : urls) {
            String id = Json.parse(Cmd.run("create", "Be brief.", "--json", "--server", url)
                            .ok()
                            .out())
                    .at("/session_id")
                    .orElseThrow()
                    .as(String.class);
            assertThat(Cmd.run("prompt", id, "Hello.", "--server", url).ok().out())
                    .contains("prompt: Be brief.", "prompt: Hello.");
            Cmd.run("send", id, "--kind", "input", "A note.", "--server", url).ok();
            Cmd.run("interrupt", id, "--server", url).ok();
            assertThat(Cmd.run("history", id, "--last", "1", "--server", url)
                            .ok()
                            .out())
                    .contains("answer");
            assertThat(Cmd.run("tail", id, "--server", url).ok().out()).doesNotContain("{\"type\"");
            Cmd.run("archive", id, "--server", url).ok();
            assertThat(Cmd.run("create", "--json", "--server", url).ok().out())
                    .contains("\"message_count\":0", "\"state\":\"idle\"");
            Cmd.run("prompt", id, "Hello.", "--server", url).failsWith(ExitCode.NOT_RUNNING);
        }
        server.stop().ok();
    }

    @Test
    void aMistypedCommandIsAnsweredWithTheOneThatWasMeant() {
        Cmd.run("hitory", "a").failsWith(ExitCode.INVALID, "hitory", "Did you mean", "history");
    }

    @Test
    void anAddressForOtherMachinesNeedsATokenAndSaysHowToGiveIt() {
        Cmd.run("serve", "--rest", "0.0.0.0:0")
                .failsWith(ExitCode.INVALID, "0.0.0.0:0", "--token-file", "MEERKAT_TOKEN");
        for (String command : new String[] {"serve", "rpc"}) {
            Cmd.run(command, "--tcp", "0.0.0.0:0")
                    .failsWith(ExitCode.INVALID, "--tcp", "0.0.0.0:0", "--token-file", "MEERKAT_TOKEN");
        }
    }
}
