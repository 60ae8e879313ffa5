package dev.meerkat.client.internal;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.form.RequestForm;
import dev.meerkat.wire.internal.form.SpecForm;
import dev.meerkat.wire.internal.form.ValueForm;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A Meerkat on a server that has the calls of {@link ApiCall}, which lack nothing. */
final class ApiClient implements RemoteMeerkat {
    private final RemoteContext context;
    private final RemoteClient shared;

    /**
     * A client.
     *
     * @param shared what is the same at every server
     */
    ApiClient(RemoteContext context, RemoteClient shared) {
        this.context = context;
        this.shared = shared;
    }

    private <T> T ask(ApiCall call, @Nullable SessionId session, Consumer<Out> params, Function<Node, T> reader)
            throws InterruptedException {
        context.checkOpen();
        return context.calls().ask(call, session, ApiCall.write(params), false, reader);
    }

    @Override
    public Session create(SessionSpec spec) throws InterruptedException {
        Values.present(spec, "spec");
        return ask(ApiCall.CREATE, null, out -> out.object("spec", spec, SpecForm::write), this::session);
    }

    private Session session(Node in) {
        InputId first = in.has("input_id") ? InputId.of(in.text("input_id")) : null;
        return new ApiSession(context, SessionId.of(in.text("session_id")), first);
    }

    @Override
    public Session open(SessionId id) throws InterruptedException {
        Values.present(id, "session_id");
        return ask(ApiCall.OPEN, id, out -> out.id("session_id", id), in -> new ApiSession(context, id, null));
    }

    @Override
    public Session open(String realm, String commsName) throws InterruptedException {
        Values.text(realm, "realm");
        Values.text(commsName, "comms_name");
        return ask(ApiCall.FIND, null, out -> out.text("realm", realm).text("comms_name", commsName), this::session);
    }

    @Override
    public SessionPage list(SessionQuery query) throws InterruptedException {
        Values.present(query, "query");
        return ask(ApiCall.LIST, null, out -> RequestForm.write(out, query), ValueForm::sessionPage);
    }

    @Override
    public void delete(SessionId id) throws InterruptedException {
        Values.present(id, "session_id");
        boolean unused = ask(ApiCall.DELETE, id, out -> out.id("session_id", id), in -> true);
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) throws InterruptedException {
        ApiSession.checkPage(offset, limit);
        return ask(
                ApiCall.ALL_DEAD_LETTERS,
                null,
                out -> out.number("offset", offset).number("limit", limit),
                ValueForm::deadLetterPage);
    }

    @Override
    public Capabilities capabilities() {
        return context.calls().facts().capabilities();
    }

    @Override
    public String contractVersion() {
        return shared.contractVersion();
    }

    @Override
    public List<String> checkHealth() throws InterruptedException {
        return shared.checkHealth();
    }

    @Override
    public void close() {
        shared.close();
    }
}
