package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.ClientTools;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that several commands have. */
final class Options {
    private Options() {}

    /** How results are written. */
    static final class Form {
        @Option(names = "--json", description = "Write one JSON document per line, for scripts.")
        boolean json;

        Form() {}

        Output output(Surroundings surroundings) {
            return new Output(surroundings.out(), json);
        }
    }

    /** Which agent answers. */
    static final class AgentChoice {
        private static final String DEFAULT = "echo";

        @Option(
                names = "--agent",
                paramLabel = "AGENT",
                description = {
                    "What answers the turns (default: echo):",
                    "  echo          says what the session has seen",
                    "  chat          asks a chat model, see --model",
                    "  exec:COMMAND  runs a program for each turn"
                })
        @Nullable
        String agent;

        @Mixin
        final ModelOptions model = new ModelOptions();

        @Mixin
        final AgentClass own = new AgentClass();

        AgentChoice() {}

        Agent create(Surroundings surroundings, ClientTools tools) {
            if (!own.isGiven()) {
                return Agents.of(agent == null ? DEFAULT : agent, model, surroundings, tools);
            }
            if (agent != null) {
                throw new InvalidFieldException("--agent", agent, "cannot be given together with --agent-class");
            }
            model.refuseFor("--agent-class");
            return own.create();
        }
    }

    /** Which contract line is spoken. */
    static final class Contract {
        @Option(
                names = "--contract",
                paramLabel = "LINE",
                description =
                        "The contract line to speak: 0.6, 0.7, 0.8 or 0.9 (default: MEERKAT_CONTRACT, or the newest).")
        @Nullable
        String contract;

        Contract() {}

        ContractLine line(Surroundings surroundings) {
            String chosen = contract != null
                    ? contract
                    : surroundings.variable("MEERKAT_CONTRACT").orElse(ContractLine.NEWEST.line());
            return ContractLine.of(chosen);
        }
    }

    /** The token of a server. */
    static final class Token {
        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description = "The file with the server's token (default: the token is in MEERKAT_TOKEN, if any).")
        @Nullable
        Path file;

        Token() {}

        Optional<String> read(Surroundings surroundings) {
            return CommandSecrets.read(surroundings, "token-file", file, CommandSecrets.Variable.MEERKAT_TOKEN);
        }
    }

    /** Where a realm's store is. */
    static final class RealmStore {
        @Option(names = "--realm", paramLabel = "REALM", description = "The realm in which names are looked up.")
        @Nullable
        String realm;

        @Option(
                names = "--state-root",
                paramLabel = "DIR",
                description =
                        "Where the realms' stores are (default: meerkat/realms in $$XDG_DATA_HOME or ~/.local/share).")
        @Nullable
        Path stateRoot;

        RealmStore() {}

        String realm() {
            return realm == null ? SessionSpec.DEFAULT_REALM : realm;
        }

        /** A store that was given, or else that of the realm, if one was named. */
        Optional<StoreAddress> store(@Nullable StoreAddress given, Surroundings surroundings) throws IOException {
            return given != null ? Optional.of(given) : file(surroundings).map(StoreAddress.SqliteFile::new);
        }

        /** A file that was given, or else that of the realm, if one was named; it is there. */
        Optional<Path> existingFile(@Nullable StoreAddress given, String refusal, Surroundings surroundings) {
            Optional<Path> file;
            try {
                file = given == null ? file(surroundings) : Optional.of(given.file(refusal));
            } catch (IOException e) {
                throw new InvalidFieldException(
                        "--realm", realm(), "has no directory that can be used: " + e.getMessage(), e);
            }
            if (file.isPresent() && !Files.exists(file.get())) {
                throw new InvalidFieldException(
                        given == null ? "--realm" : "--store",
                        file.get().toString(),
                        "does not exist; meerkat serve makes it, and meerkat run");
            }
            return file;
        }

        /** The store of the realm, if one was named. */
        Optional<Path> file(Surroundings surroundings) throws IOException {
            return realm == null ? Optional.empty() : Optional.of(Realms.store(surroundings, stateRoot, realm));
        }
    }

    /** A store that must be named, by itself or by its realm. */
    static final class NamedStore {
        @Option(
                names = "--store",
                paramLabel = "STORE",
                converter = StoreAddress.Converter.class,
                description = {
                    "The store: a file, or a schema of PostgreSQL:",
                    "  postgresql://[USER@]HOST[:PORT]/DATABASE[?schema=SCHEMA]",
                    "with the password in PGPASSWORD or ~/.pgpass."
                })
        @Nullable
        StoreAddress given;

        @Mixin
        final RealmStore realm = new RealmStore();

        NamedStore() {}

        StoreAddress address(Surroundings surroundings) throws IOException {
            return realm.store(given, surroundings).orElseThrow(NamedStore::missing);
        }

        /** Its file, for a command that can use nothing else. */
        Path existingFile(String refusal, Surroundings surroundings) {
            return realm.existingFile(given, refusal, surroundings).orElseThrow(NamedStore::missing);
        }

        private static UsageException missing() {
            return new UsageException("--store STORE must be given, or --realm REALM");
        }
    }
}
