package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.RestConnector;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The client of a server in the application. */
class MeerkatClientAutoConfigurationTest {
    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static Meerkat served;
    private static RunningServer server;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatClientAutoConfiguration.class));
    private final ApplicationContextRunner client = runner.withPropertyValues("meerkat.server.url=" + url());

    @TempDir
    Path directory;

    @BeforeAll
    static void serve() throws Exception {
        served = MeerkatRuntime.of(turn -> "from the server").open();
        server = MeerkatServer.of(served).rest("127.0.0.1", 0).token(TOKEN).start();
    }

    @AfterAll
    static void stop() {
        server.close();
        served.close();
    }

    private static String url() {
        return "http://127.0.0.1:" + server.addresses().get(0).getPort();
    }

    @Test
    void aServerIsUsedWithTheTokenOfAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        client.withPropertyValues("meerkat.server.token-file=" + file)
                // An agent is of no use here, and does no harm.
                .withBean(Agent.class, () -> turn -> "from here")
                .run(context -> {
                    assertThat(context).hasSingleBean(Meerkat.class).hasSingleBean(RemoteMeerkat.class);
                    assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                            .isEqualTo("from the server");
                });
    }

    @Test
    void aServerIsUsedWithATokenFromTheEnvironment() {
        client.withSystemProperties("meerkat.server.token=" + TOKEN).run(context -> {
            assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                    .isEqualTo("from the server");
            assertThat(context.getBean(MeerkatProperties.class).toString()).doesNotContain(TOKEN);
        });
    }

    @Test
    void aConnectorOfTheApplicationIsUsed() {
        runner.withBean(
                        RestConnector.class,
                        () -> MeerkatClient.rest(URI.create(url())).bearer(TOKEN))
                .run(context -> assertThat(context).hasSingleBean(RemoteMeerkat.class));
    }

    @Test
    void connectionDetailsOfTheApplicationStandInPlaceOfTheProperties() {
        MeerkatConnectionDetails details = new MeerkatConnectionDetails() {
            @Override
            public URI url() {
                return URI.create(MeerkatClientAutoConfigurationTest.url());
            }

            @Override
            public String token() {
                return TOKEN;
            }
        };
        runner.withBean(MeerkatConnectionDetails.class, () -> details)
                .withPropertyValues("meerkat.server.url=http://127.0.0.1:1")
                .run(context -> assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                        .isEqualTo("from the server"));
    }

    @Test
    void tokensThatCannotBeAreRefusedAndNotShown() throws Exception {
        Path blank = Files.writeString(directory.resolve("blank"), " \n");
        String blankFile = "meerkat.server.token-file=" + blank;
        refused("meerkat.server.token-file with value '" + blank + "' is invalid: must not be blank", blankFile);
        refused(
                "meerkat.server.token-file with value '" + directory.resolve("missing")
                        + "' is invalid: cannot be read",
                "meerkat.server.token-file=" + directory.resolve("missing"));
        refused("meerkat.server.token with value '(secret)' is invalid: must not be blank", "meerkat.server.token=");
        refused("mutually exclusive", blankFile, "meerkat.server.token=" + TOKEN);
        refused("mutually exclusive", "meerkat.store.file=" + directory.resolve("m.db"));
        assertThat(directory.resolve("m.db")).doesNotExist();
    }

    private void refused(String message, String... properties) {
        client.withPropertyValues(properties)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining(message)
                        .hasMessageNotContaining(TOKEN));
    }

    @Test
    void aServerWithoutTheModuleForItIsRefused() {
        client.withClassLoader(new FilteredClassLoader(MeerkatClient.class))
                .withBean(Agent.class, () -> turn -> "from here")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("meerkat.server.url")
                        .hasMessageContaining("meerkat-client"));
    }
}
