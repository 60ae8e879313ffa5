package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the stores of realms are. */
final class Realms {
    /** Also keeps a realm's name from leading out of the state root. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private Realms() {}

    /** The store of a realm, in a directory that only its owner may read; what others could have put there is refused. */
    static Path store(Surroundings surroundings, @Nullable Path stateRoot, String realm) throws IOException {
        if (!NAME.matcher(realm).matches()) {
            throw new InvalidFieldException(
                    "realm", realm, "must be 1 to 64 letters, digits, _ or -, beginning with a letter or digit");
        }
        Path directory = (stateRoot == null ? standardRoot(surroundings) : stateRoot).resolve(realm);
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            PrivateFiles.createDirectories(directory.toAbsolutePath());
        }
        Optional<String> problem = PrivateFiles.problem(directory);
        if (problem.isPresent()) {
            throw new IOException("the realm's directory is not safe: " + directory + " " + problem.get());
        }
        return directory.resolve("meerkat.db");
    }

    static Path standardRoot(Surroundings surroundings) {
        Optional<Path> data =
                surroundings.variable("XDG_DATA_HOME").map(Path::of).filter(Path::isAbsolute);
        Path home = Path.of(surroundings.variable("HOME").orElse(System.getProperty("user.home", "")));
        return data.orElse(home.resolve(".local").resolve("share"))
                .resolve("meerkat")
                .resolve("realms");
    }
}
