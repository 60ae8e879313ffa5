package dev.meerkat.client;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.internal.RemoteClient;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.rpc.ChildCommand;
import dev.meerkat.client.internal.rpc.RpcCalls;
import dev.meerkat.client.internal.rpc.RpcSetup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to start a server in a child process. The methods that take a value return a changed copy.
 * Immutable and thread-safe.
 *
 * <p>The process ends with the client, and with this JVM. One that has died is not started again. What
 * it wrote last to its standard error is part of the messages of errors.
 */
public final class StdioConnector {
    private static final String REALM = "--realm";
    private static final String ISOLATED = "--isolated";

    private final ChildCommand command;
    private final RpcSetup setup;
    private final boolean wakeAfterEvents;

    StdioConnector(@Nullable Path executable) {
        this(new ChildCommand(executable, Map.of(), List.of(), Map.of()), RpcSetup.DEFAULT, false);
    }

    private StdioConnector(ChildCommand command, RpcSetup setup, boolean wakeAfterEvents) {
        this.command = command;
        this.setup = setup;
        this.wakeAfterEvents = wakeAfterEvents;
    }

    /**
     * In a realm, {@code --realm}; without it, the server makes a new one.
     *
     * @param realm the realm
     * @return a changed copy
     * @throws InvalidFieldException if it is blank, or {@link #isolated} was asked for
     */
    public StdioConnector realm(String realm) {
        refuseBoth(ISOLATED, realm);
        return option(REALM, "realm", realm);
    }

    /**
     * In a new realm of its own, {@code --isolated}.
     *
     * @return a changed copy
     * @throws InvalidFieldException if a realm was given
     */
    public StdioConnector isolated() {
        refuseBoth(REALM, "isolated");
        return with(command.withOption(ISOLATED, ""));
    }

    private void refuseBoth(String other, String value) {
        if (command.options().containsKey(other)) {
            throw new InvalidFieldException("realm", value, "cannot be given together with isolated");
        }
    }

    /**
     * As an instance, {@code --instance}.
     *
     * @param instance the instance
     * @return a changed copy
     */
    public StdioConnector instance(String instance) {
        return option("--instance", "instance", instance);
    }

    /**
     * On a kind of store, {@code --realm-backend}.
     *
     * @param backend such as {@code sqlite}, {@code jsonl} or {@code memory}
     * @return a changed copy
     */
    public StdioConnector realmBackend(String backend) {
        return option("--realm-backend", "realm_backend", backend);
    }

    /**
     * {@return a copy with its state in a directory, {@code --state-root}}
     *
     * @param directory the directory
     */
    public StdioConnector stateRoot(Path directory) {
        return option("--state-root", "state_root", directory.toString());
    }

    /**
     * {@return a copy with a directory for its project, {@code --context-root}}
     *
     * @param directory the directory
     */
    public StdioConnector contextRoot(Path directory) {
        return option("--context-root", "context_root", directory.toString());
    }

    /**
     * {@return a copy with a directory for the user's configuration, {@code --user-config-root}}
     *
     * @param directory the directory
     */
    public StdioConnector userConfigRoot(Path directory) {
        return option("--user-config-root", "user_config_root", directory.toString());
    }

    /**
     * {@return a copy with more in its environment, which is that of this process otherwise}
     *
     * @param variables added to those of calls before
     */
    public StdioConnector environment(Map<String, String> variables) {
        Map<String, String> more = new HashMap<>(command.environment());
        more.putAll(variables);
        return with(command.withEnvironment(more));
    }

    /**
     * {@return a copy with more arguments, behind all options}
     *
     * @param arguments instead of those before
     */
    public StdioConnector arguments(List<String> arguments) {
        return with(command.withArguments(arguments));
    }

    /**
     * {@return a copy with other timeouts than {@link ClientTimeouts#defaults()}}
     *
     * @param timeouts how long the client waits
     */
    public StdioConnector timeouts(ClientTimeouts timeouts) {
        return new StdioConnector(command, setup.withTimeouts(timeouts), wakeAfterEvents);
    }

    /**
     * {@return a copy with other limits than {@link ClientLimits#defaults()}}
     *
     * @param limits how much the client takes in
     */
    public StdioConnector limits(ClientLimits limits) {
        return new StdioConnector(command, setup.withLimits(limits), wakeAfterEvents);
    }

    /**
     * {@return a copy with tools that the server's agents may call; at most 16 calls run at one time, and more are
     * refused}
     *
     * @param tools the tools, instead of those before
     * @throws InvalidFieldException if two have one name
     */
    public StdioConnector tools(List<CallbackTool> tools) {
        return new StdioConnector(command, setup.withTools(tools), wakeAfterEvents);
    }

    /**
     * Follows each admitted external event with an input that wakes the session, for servers on which an
     * event does not.
     *
     * @return a changed copy
     */
    public StdioConnector wakeAfterEvents() {
        return new StdioConnector(command, setup, true);
    }

    private StdioConnector option(String option, String field, String value) {
        if (value.isBlank()) {
            throw new InvalidFieldException(field, value, "must not be blank");
        }
        return with(command.withOption(option, value));
    }

    private StdioConnector with(ChildCommand command) {
        return new StdioConnector(command, setup, wakeAfterEvents);
    }

    /**
     * Starts the server and connects.
     *
     * @return a client, to be closed
     * @throws ServerUnreachableException if there is no such program, or it ends or does not answer in
     *     time; the process is ended then
     * @throws ContractMismatchException if its contract line is not known; the process is ended then
     * @throws dev.meerkat.api.NotSupportedException if there are tools, which it does not take
     * @throws InterruptedException if interrupted while waiting; the process is ended then
     */
    public RemoteMeerkat open() throws InterruptedException {
        ServerCalls calls = RpcCalls.stdio(command, setup);
        return RemoteClient.of(calls, setup.timeouts(), setup.limits(), wakeAfterEvents);
    }
}
