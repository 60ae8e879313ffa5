package dev.meerkat.wire.internal.comms;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every command is read as it was written, whatever its parts. */
class CommandFormTest {
    private static final SessionId SESSION = new SessionId(new UUID(0, 1));
    private static final RequestId REQUEST = new RequestId(new UUID(0, 2));
    private static final List<PeerRef> PEERS =
            List.of(PeerRef.named("b"), PeerRef.named("a \"b\""), PeerRef.id(new PeerId(new UUID(0, 3))));
    private static final List<List<ContentBlock>> BLOCKS = List.of(
            List.of(),
            List.of(new ContentBlock.Image("image/png", "AAAA")),
            List.of(new ContentBlock.Text("more"), new ContentBlock.Image("image/png", "AAAA")));
    private static final List<Json> JSON =
            List.of(Json.NULL, Json.parse("{\"peer\":\"c\",\"n\":1.50}"), Json.parse("[1e400]"));

    private static List<CommsCommand<?>> commands() {
        List<CommsCommand<?>> all = new ArrayList<>();
        for (List<ContentBlock> blocks : BLOCKS) {
            for (HandlingMode mode : HandlingMode.values()) {
                CommandForm.SOURCES.forEach(
                        source -> all.add(new CommsCommand.Input("text", blocks, source, mode, Optional.empty())));
                for (PeerRef to : PEERS) {
                    for (ContentTaint taint : ContentTaint.values()) {
                        all.add(new CommsCommand.PeerMessage(to, "text", blocks, taint, mode, Optional.empty()));
                        for (Json json : JSON) {
                            all.add(new CommsCommand.PeerRequest(
                                    to, "any intent", json, blocks, taint, mode, Optional.empty()));
                            // The wire of others has no status for what only the runtime says.
                            for (ResponseStatus status : EnumSet.complementOf(EnumSet.of(ResponseStatus.OVERDUE))) {
                                all.add(new CommsCommand.PeerResponse(
                                        to,
                                        REQUEST,
                                        status,
                                        json,
                                        blocks,
                                        taint,
                                        Optional.of(mode).filter(any -> status.terminal())));
                            }
                        }
                    }
                }
            }
        }
        for (PeerRef to : PEERS) {
            ContractLine.NEWEST
                    .lifecycleKinds()
                    .forEach(kind -> all.add(new CommsCommand.PeerLifecycle(to, new LifecycleKind(kind), JSON.get(1))));
        }
        return all;
    }

    @Test
    void aCommandIsReadAsItWasWritten() throws IOException {
        for (CommsCommand<?> command : commands()) {
            String to = command.recipient().map(PeerRef::toString).orElse("");
            ObjectNode written = CommandForm.write(SESSION, command, to);
            String text = new String(WireJson.write(written), StandardCharsets.UTF_8);

            CommandForm.Read read = CommandForm.read(Params.of((ObjectNode) WireJson.read(text)), ContractLine.NEWEST);

            assertThat(read.command()).as(text).isEqualTo(command);
            assertThat(read.reserved()).isFalse();
            assertThat(read.selfAllowed()).isEqualTo(command instanceof CommsCommand.Input);
        }
    }

    @Test
    void theCommandsHaveAllKinds() {
        assertThat(commands().stream().<Object>map(CommsCommand::getClass).distinct())
                .containsExactlyInAnyOrder((Object[]) CommsCommand.class.getPermittedSubclasses());
    }
}
