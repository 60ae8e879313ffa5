package dev.meerkat.cli;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.langchain4j.Provider;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model of the agent {@code chat}. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model of --agent chat, as its provider spells it.")
    @Nullable
    String model;

    @Option(
            names = "--provider",
            paramLabel = "openai|anthropic|ollama",
            description = "The protocol of the model's provider (default: openai, which many servers speak).")
    @Nullable
    Provider provider;

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description = "Where the provider is, with its version, such as http://localhost:8000/v1.")
    @Nullable
    String baseUrl;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = {
                "The file with the provider's key (default: the key is in MEERKAT_MODEL_KEY,",
                "or, without --base-url, in OPENAI_API_KEY or ANTHROPIC_API_KEY)."
            })
    @Nullable
    Path keyFile;

    @Option(
            names = "--max-output-tokens",
            paramLabel = "N",
            description = "How many tokens an answer may have (default: what the provider lets it; anthropic: 8192).")
    @Nullable
    Integer maxOutputTokens;

    @Mixin
    final ChatOptions chat = new ChatOptions();

    ModelOptions() {}

    /** Refuses the options for another agent. */
    void refuseFor(String agent) {
        refuse("--model", model, agent);
        refuse("--provider", provider, agent);
        refuse("--base-url", baseUrl, agent);
        refuse("--key-file", keyFile, agent);
        refuse("--max-output-tokens", maxOutputTokens, agent);
        chat.given((option, value) -> refuse(option, value, agent));
    }

    private static void refuse(String option, @Nullable Object value, String agent) {
        if (value != null) {
            throw new InvalidFieldException(option, value.toString(), "is for --agent chat, not for " + agent);
        }
    }

    ChatAgent create(Surroundings surroundings) {
        if (model == null || model.isBlank()) {
            throw new UsageException("--model must be given with --agent chat");
        }
        if (maxOutputTokens != null && maxOutputTokens < 1) {
            throw new InvalidFieldException("--max-output-tokens", maxOutputTokens.toString(), "must be at least 1");
        }
        Provider chosen = provider == null ? Provider.OPENAI : provider;
        String key = key(surroundings, chosen).orElse(null);
        return chat.applyTo(ChatAgent.of(
                maxOutputTokens == null
                        ? chosen.model(model, url(chosen), key)
                        : chosen.model(model, url(chosen), key, maxOutputTokens)));
    }

    private URI url(Provider chosen) {
        if (baseUrl == null) {
            return chosen.defaultUrl();
        }
        try {
            URI url = new URI(baseUrl);
            boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!isHttp || url.getHost() == null || url.getRawQuery() != null || url.getRawFragment() != null) {
                throw new InvalidFieldException("--base-url", baseUrl, "must be http://HOST[:PORT][/PATH] or https");
            }
            if (url.getRawUserInfo() != null) {
                // It is not named: it may be a secret.
                throw new InvalidFieldException(
                        "--base-url", "(not shown)", "must have no user or password; give --key-file FILE");
            }
            return url;
        } catch (URISyntaxException e) {
            throw new InvalidFieldException("--base-url", baseUrl, "is no URL: " + e.getReason());
        }
    }

    /** The key of a provider is for its own servers: other servers get one only if it is meant for this command. */
    private Optional<String> key(Surroundings surroundings, Provider chosen) {
        Optional<String> meant =
                CommandSecrets.read(surroundings, "--key-file", keyFile, CommandSecrets.Variable.MEERKAT_MODEL_KEY);
        Optional<CommandSecrets.Variable> own = variable(chosen);
        if (meant.isPresent() || own.isEmpty()) {
            return meant;
        }
        CommandSecrets.Variable variable = own.get();
        if (baseUrl != null) {
            if (surroundings.variable(variable.name()).isPresent()) {
                surroundings
                        .err()
                        .println("meerkat: " + variable + " is not sent to --base-url; give MEERKAT_MODEL_KEY, or"
                                + " --key-file, if a key is needed there");
            }
            return Optional.empty();
        }
        Optional<String> key = CommandSecrets.read(surroundings, variable.name(), null, variable);
        if (key.isEmpty()) {
            throw new UsageException(
                    "a key must be given: in " + variable + ", in MEERKAT_MODEL_KEY, or with --key-file");
        }
        return key;
    }

    private static Optional<CommandSecrets.Variable> variable(Provider chosen) {
        return switch (chosen) {
            case OPENAI -> Optional.of(CommandSecrets.Variable.OPENAI_API_KEY);
            case ANTHROPIC -> Optional.of(CommandSecrets.Variable.ANTHROPIC_API_KEY);
            case OLLAMA -> Optional.empty();
        };
    }
}
