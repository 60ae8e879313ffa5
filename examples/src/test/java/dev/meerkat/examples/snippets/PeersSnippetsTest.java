package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.peers.*;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PeersSnippetsTest {
    // snippet: peers-interface
    public interface Disks {
        @Intent(description = "Tells what is free on a disk.")
        Space diskFree(String path) throws DiskGoneException; // waits for the answer

        CompletionStage<Report> clean(Cleaning cleaning); // does not wait

        TypedReply<Report> check(String path); // a handle, to keep
    }

    public record Space(int freeGib) {}

    public record Cleaning(String path, int olderThanDays) {}

    public record Report(String text) {}

    public static final class DiskGoneException extends Exception {
        private static final long serialVersionUID = 1L;

        public DiskGoneException(String message) {
            super(message);
        }
    }
    // end

    // snippet: peers-implementation
    static final class LocalDisks implements Disks {
        @Override
        public Space diskFree(String path) throws DiskGoneException {
            if (!path.equals("/build")) {
                throw new DiskGoneException("there is no disk at " + path);
            }
            return new Space(12);
        }

        @Override
        public CompletionStage<Report> clean(Cleaning cleaning) {
            return CompletableFuture.completedStage(new Report("cleaned " + cleaning.path()));
        }

        @Override
        public TypedReply<Report> check(String path) {
            return TypedReply.of(new Report("checked " + path));
        }
    }
    // end

    private static Agent agents() {
        // snippet: peers-agent
        Intents<Disks> disks = Intents.of(Disks.class);
        Agent builder = disks.answeredBy(new LocalDisks());
        // end
        return turn -> turn.session().commsName().orElse("").equals("agent-b") ? builder.answer(turn) : "";
    }

    private static void ask(Meerkat meerkat) throws Exception {
        Intents<Disks> disks = Intents.of(Disks.class);
        // snippet: peers-ask
        Session a =
                meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
        meerkat.create(SessionSpec.ofPrompt("You are a builder.")
                .withKeepAliveAs("agent-b")
                .withPeerMeta(disks.meta("Knows the disks.")));

        Disks ofB = disks.peer(a, "agent-b").timeout(Duration.ofSeconds(30)).proxy();
        try {
            System.out.println(ofB.diskFree("/build").freeGib() + " GiB");
            System.out.println(ofB.diskFree("/gone"));
        } catch (DiskGoneException e) { // thrown by the implementation at agent-b
            System.out.println(e.getMessage());
        } catch (NoReplyException e) { // sent, and not answered in time
            System.out.println(e.requestId());
        }
        // end
        assertThat(ofB.diskFree("/build")).isEqualTo(new Space(12));
        assertThat(ofB.clean(new Cleaning("/tmp", 30)).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isEqualTo(new Report("cleaned /tmp"));
        // snippet: peers-again
        RequestId id = ofB.check("/build").requestId(); // keep it, as text if you like
        TypedReply<Report> again = disks.peer(a, "agent-b").reply(id, Report.class);
        Report report = again.await(Duration.ofSeconds(30));
        // end
        assertThat(report).isEqualTo(new Report("checked /build"));
        // snippet: peers-told
        for (Peer peer : a.peers()) {
            Map<String, Json> intents = Intents.toldBy(peer);
            System.out.println(peer.name() + " " + intents);
        }
        // end
        assertThat(Intents.toldBy(a.peers().get(0))).containsOnlyKeys("disk_free", "clean", "check");
    }

    @Test
    void aPeerIsAskedInThisJvm() throws Exception {
        try (Meerkat meerkat = MeerkatRuntime.of(agents()).open()) {
            ask(meerkat);
        }
    }

    @Test
    void aPeerIsAskedThroughAServer() throws Exception {
        try (Meerkat served = MeerkatRuntime.of(agents()).open();
                RunningServer server =
                        MeerkatServer.of(served).rest("127.0.0.1", 0).start()) {
            int port = server.addresses().get(0).getPort();
            try (RemoteMeerkat remote =
                    MeerkatClient.rest(URI.create("http://127.0.0.1:" + port)).open()) {
                ask(remote);
            }
        }
    }
}
