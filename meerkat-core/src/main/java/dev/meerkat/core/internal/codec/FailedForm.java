package dev.meerkat.core.internal.codec;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import java.time.Duration;

/** The stored form of how an input failed; the input and its state are the store's to know. */
public final class FailedForm {
    private FailedForm() {}

    /** Writes a failure. */
    public static void write(Out out, FailedInput failed) {
        out.id("turn_id", failed.turn().id())
                .number("attempts", failed.turn().attempt())
                .number("step", failed.turn().step())
                .number("first_entry", failed.turn().firstEntry())
                .time("retry_at", failed.turn().notBefore())
                .object("used", failed.turn().used(), SessionForm::write)
                .object("spent", failed.turn().spent(), SessionForm::write)
                .time("at", failed.at())
                .number("delay_millis", failed.delay().toMillis())
                .number("waited_millis", failed.waited().toMillis())
                .text("code", failed.code())
                .text("message", failed.message());
    }

    /**
     * Reads a failure.
     *
     * @param state what becomes of it
     */
    public static FailedInput read(Node in, AdmittedInput input, FailedInput.State state) {
        TurnRecord turn = new TurnRecord(
                TurnId.of(in.text("turn_id")),
                in.smallNumber("attempts"),
                in.smallNumber("step"),
                in.number("first_entry"),
                Marks.ZERO,
                in.has("retry_at") ? in.time("retry_at") : null,
                in.has("used") ? SessionForm.usage(in.object("used")) : null,
                SessionForm.spent(in));
        return new FailedInput(
                input,
                state,
                turn,
                in.time("at"),
                Duration.ofMillis(in.number("delay_millis")),
                Duration.ofMillis(in.number("waited_millis")),
                in.text("code"),
                in.text("message"));
    }
}
