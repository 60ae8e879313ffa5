package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.ValueForm;
import java.util.List;
import java.util.Optional;

/** The whole log as it is, in the public form of the API: for this project's client. */
public final class ApiEvents implements EventTeller {
    @Override
    public List<WireEvent> write(SessionEvent event) {
        ObjectNode envelope = ApiCall.write(out -> ValueForm.write(out, event));
        boolean logged = !(event instanceof SessionEvent.Live);
        return List.of(new WireEvent(event.cursor().sequence(), logged, event.getType(), envelope, Optional.empty()));
    }

    @Override
    public boolean tells(SessionEvent.InputAdmitted admitted) {
        return true;
    }
}
