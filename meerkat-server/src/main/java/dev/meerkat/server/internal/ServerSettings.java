package dev.meerkat.server.internal;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Secret;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.webhooks.Webhooks;
import dev.meerkat.wire.ContractLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a server is asked to be. */
public record ServerSettings(
        Meerkat meerkat,
        List<ListenerSpec> entrances,
        ContractLine line,
        String realm,
        ServerLimits limits,
        Optional<Secret> token,
        Optional<Secret> webhookSecret,
        ToolHosts tools,
        Optional<Webhooks> webhooks,
        boolean extended) {

    /** Of a server that listens nowhere. */
    public static ServerSettings of(Meerkat meerkat) {
        return new ServerSettings(
                meerkat,
                List.of(),
                ContractLine.NEWEST,
                SessionSpec.DEFAULT_REALM,
                ServerLimits.defaults(),
                Optional.empty(),
                Optional.empty(),
                new ToolHosts(),
                Optional.empty(),
                true);
    }

    /** With one more way in. */
    public ServerSettings with(ListenerSpec entrance) {
        List<ListenerSpec> more = new ArrayList<>(entrances);
        more.add(entrance);
        return new ServerSettings(
                meerkat, List.copyOf(more), line, realm, limits, token, webhookSecret, tools, webhooks, extended);
    }

    /** With another line. */
    public ServerSettings with(ContractLine line) {
        return new ServerSettings(
                meerkat, entrances, line, realm, limits, token, webhookSecret, tools, webhooks, extended);
    }

    /** With another realm. */
    public ServerSettings withRealm(String realm) {
        return new ServerSettings(
                meerkat, entrances, line, realm, limits, token, webhookSecret, tools, webhooks, extended);
    }

    /** With other bounds. */
    public ServerSettings with(ServerLimits limits) {
        return new ServerSettings(
                meerkat, entrances, line, realm, limits, token, webhookSecret, tools, webhooks, extended);
    }

    /** With a token. */
    public ServerSettings withToken(String token) {
        return new ServerSettings(
                meerkat,
                entrances,
                line,
                realm,
                limits,
                Optional.of(new Secret(token)),
                webhookSecret,
                tools,
                webhooks,
                extended);
    }

    /** With a webhook secret. */
    public ServerSettings withWebhookSecret(String secret) {
        return new ServerSettings(
                meerkat,
                entrances,
                line,
                realm,
                limits,
                token,
                Optional.of(new Secret(secret)),
                tools,
                webhooks,
                extended);
    }

    /** With tools that an agent knows. */
    public ServerSettings with(ClientTools tools) {
        return new ServerSettings(
                meerkat, entrances, line, realm, limits, token, webhookSecret, (ToolHosts) tools, webhooks, extended);
    }

    /** With nothing beside the contract line. */
    public ServerSettings withoutExtensions() {
        return new ServerSettings(
                meerkat, entrances, line, realm, limits, token, webhookSecret, tools, webhooks, false);
    }

    /** With routes of webhooks. */
    public ServerSettings with(Webhooks webhooks) {
        return new ServerSettings(
                meerkat, entrances, line, realm, limits, token, webhookSecret, tools, Optional.of(webhooks), extended);
    }
}
