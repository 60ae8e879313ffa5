package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Secrets, which come from a file or the environment, since others can see the arguments of a process. */
final class Secrets {
    private static final long MOST_BYTES = 64 << 10;

    private Secrets() {}

    static Optional<String> read(Surroundings surroundings, String field, @Nullable Path file, String variable) {
        if (file == null) {
            return surroundings.variable(variable).map(String::strip);
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidFieldException(field, file.toString(), "is too large for a secret");
            }
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new InvalidFieldException(field, file.toString(), "must not be empty");
            }
            return Optional.of(secret);
        } catch (IOException e) {
            throw new InvalidFieldException(field, file.toString(), "cannot be read", e);
        }
    }
}
