package dev.meerkat.server.internal.wire;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.TurnId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The inputs that the runs of one session took up, by their ids. */
record TakenInputs(Session session, Inputs inputs) {
    /** An input was read of. */
    void seen(AdmittedInput input) {
        inputs.seen(session.id(), input);
    }

    /** Those of some ids, without those that its Meerkat does not tell. */
    List<AdmittedInput> find(List<InputId> ids) throws InterruptedException {
        List<AdmittedInput> found = new ArrayList<>(ids.size());
        for (InputId id : ids) {
            inputs.find(session, id).ifPresent(found::add);
        }
        return found;
    }

    /** Those of some ids that are no prompts. */
    List<InputId> unprompted(List<InputId> ids) throws InterruptedException {
        return find(ids).stream()
                .filter(input -> !isPrompt(input))
                .map(AdmittedInput::id)
                .toList();
    }

    /** Which run it is that began with some inputs. */
    static EventPayloads.Identity identity(TurnId run, List<AdmittedInput> taken) {
        Optional<InputId> prompt = first(taken, true);
        return new EventPayloads.Identity(run, prompt.or(() -> first(taken, false)), prompt.isPresent());
    }

    /** External events have no interaction. */
    private static Optional<InputId> first(List<AdmittedInput> taken, boolean prompts) {
        return taken.stream()
                .filter(input -> isPrompt(input) == prompts)
                .filter(input -> !(input.body() instanceof InputBody.External))
                .map(AdmittedInput::id)
                .findFirst();
    }

    private static boolean isPrompt(AdmittedInput input) {
        return input.body() instanceof InputBody.Prompt;
    }
}
