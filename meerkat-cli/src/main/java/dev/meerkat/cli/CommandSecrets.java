package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.wire.internal.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** CommandSecrets, which come from a file or the environment, since others can see the arguments of a process. */
final class CommandSecrets {
    /** The environment variables that hold secrets. */
    enum Variable {
        /** The key of a provider of models, for its own servers. */
        ANTHROPIC_API_KEY(true),
        /** The key of a provider of models, wherever it is. */
        MEERKAT_MODEL_KEY(false),
        /** The token of a server. */
        MEERKAT_TOKEN(false),
        /** The key of a provider of models, for its own servers. */
        OPENAI_API_KEY(true),
        /** The password of a role of PostgreSQL. */
        PGPASSWORD(false),
        /** What senders of events give. */
        RKAT_WEBHOOK_SECRET(false);

        private final boolean shared;

        /** Shared ones are for programs that this process starts too: an exec agent may call a model itself. */
        Variable(boolean shared) {
            this.shared = shared;
        }
    }

    private static final long MOST_BYTES = 64 << 10;

    private CommandSecrets() {}

    /** The names of the variables that programs which this process starts do not get. */
    static Set<String> withheld() {
        return Stream.of(Variable.values())
                .filter(variable -> !variable.shared)
                .map(Variable::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    static Optional<String> read(Surroundings surroundings, String field, @Nullable Path file, Variable variable) {
        if (file == null) {
            return ofVariable(surroundings, variable.name());
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidFieldException(field, file.toString(), "is too large for a secret");
            }
            String secret = Utf8.text(Files.readAllBytes(file)).strip();
            if (secret.isEmpty()) {
                throw new InvalidFieldException(field, file.toString(), "must not be empty");
            }
            return Optional.of(secret);
        } catch (CharacterCodingException e) {
            throw new InvalidFieldException(field, file.toString(), "is not UTF-8", e);
        } catch (IOException e) {
            throw new InvalidFieldException(field, file.toString(), "cannot be read", e);
        }
    }

    /** A variable that is set to nothing is a mistake, such as a lookup that failed: it must not mean that all may come in. */
    private static Optional<String> ofVariable(Surroundings surroundings, String variable) {
        Optional<String> secret =
                Optional.ofNullable(surroundings.variables().get(variable)).map(String::strip);
        if (secret.filter(String::isEmpty).isPresent()) {
            throw new InvalidFieldException(variable, "", "must not be blank; unset it to have none");
        }
        if (secret.filter(text -> text.indexOf(Cli.REPLACEMENT) >= 0).isPresent()) {
            throw new InvalidFieldException(
                    variable, "(secret)", "is not text in the encoding of the locale; set LC_ALL=C.UTF-8");
        }
        return secret;
    }
}
