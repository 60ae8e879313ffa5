package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The webhook of the documents, as written: the file of routes, the command, and a delivery by curl and openssl. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WebhooksPageTest {
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)/hooks/github");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/webhooks.md"})
    void theDeliveryIsAcceptedAndThenADuplicate(String document) throws Exception {
        Command.need("curl");
        Command.need("openssl");
        String page = Files.readString(Path.of("").toAbsolutePath().getParent().resolve(document));
        Files.writeString(directory.resolve("webhooks.json"), block(page, "json", "\"routes\""));
        String serve = block(page, "sh", "--webhooks webhooks.json")
                .replaceFirst("\\S*meerkat serve", "exec '" + Command.packaged("meerkat") + "' serve")
                .replace("127.0.0.1:8080", "127.0.0.1:0");
        String deliver = block(page, "sh", "openssl");
        try (Command server = Command.start(Map.of(), List.of("bash", "-c", "cd '" + directory + "'\n" + serve))) {
            Matcher port = PORT.matcher(server.lineWith("/hooks/github"));
            assertThat(port.find()).isTrue();
            String script = "export GITHUB_WEBHOOK_SECRET=a-secret\n" + deliver.replace("8080", port.group(1));
            assertThat(Command.run(Map.of(), "bash", "-c", script)).contains("\"outcome\":\"accepted\"");
            assertThat(Command.run(Map.of(), "bash", "-c", script)).contains("\"outcome\":\"duplicate\"");
            assertThat(Command.run(Map.of(), "bash", "-c", script.replace("a-secret", "another")))
                    .contains("\"outcome\":\"unauthorized\"");
        }
    }

    /** The first block of a language that has a text. */
    private static String block(String page, String language, String text) throws IOException {
        return Arrays.stream(page.split("```"))
                .filter(part -> part.startsWith(language + "\n") && part.contains(text))
                .map(part -> part.substring(language.length() + 1))
                .findFirst()
                .orElseThrow(() -> new IOException("the page has no block with " + text));
    }
}
