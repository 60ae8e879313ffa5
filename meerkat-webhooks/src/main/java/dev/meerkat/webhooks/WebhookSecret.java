package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a sender of webhooks and a route know both: a key of signatures, a token, or the sender's public key. Its text is
 * never shown. Immutable and thread-safe.
 */
public final class WebhookSecret {
    private static final long MOST_BYTES = 64 << 10;

    private final String text;

    private WebhookSecret(String text) {
        this.text = text;
    }

    /**
     * A secret.
     *
     * @param text the secret as the sender's settings show it, not blank
     * @return the secret, without outer white space
     * @throws InvalidFieldException if it is blank
     */
    public static WebhookSecret of(String text) {
        return checked(text, "secret", "(secret)");
    }

    /**
     * A secret from an environment variable.
     *
     * @param name the name of the variable
     * @param environment the variables, such as {@link System#getenv()}
     * @return the secret, without outer white space
     * @throws InvalidFieldException if the variable is not set, or is blank
     */
    public static WebhookSecret ofVariable(String name, Map<String, String> environment) {
        return ofVariable("environment variable", name, environment);
    }

    /** Names the field of a configuration in errors. */
    static WebhookSecret ofVariable(String field, String name, Map<String, String> environment) {
        String value = environment.get(name);
        if (value == null) {
            throw new InvalidFieldException(field, name, "is not set in the environment");
        }
        return checked(value, field, name);
    }

    /**
     * A secret from a file.
     *
     * @param file a file of UTF-8, at most 64 KiB
     * @return the secret, without outer white space
     * @throws InvalidFieldException if the file cannot be read, or is blank
     */
    public static WebhookSecret ofFile(Path file) {
        return ofFile("secret file", file);
    }

    /** Names the field of a configuration in errors. */
    static WebhookSecret ofFile(String field, Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidFieldException(field, file.toString(), "is too large for a secret");
            }
            return checked(Files.readString(file), field, file.toString());
        } catch (CharacterCodingException e) {
            throw new InvalidFieldException(field, file.toString(), "is not UTF-8", e);
        } catch (IOException e) {
            throw new InvalidFieldException(field, file.toString(), "cannot be read", e);
        }
    }

    private static WebhookSecret checked(String text, String field, String shown) {
        if (text.isBlank()) {
            throw new InvalidFieldException(field, shown, "must not be blank");
        }
        return new WebhookSecret(text.strip());
    }

    /** The secret itself. */
    String text() {
        return text;
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "WebhookSecret[...]";
    }
}
