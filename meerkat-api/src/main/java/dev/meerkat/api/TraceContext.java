package dev.meerkat.api;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which trace a piece of work belongs to, as W3C Trace Context says it in a header.
 *
 * <p>What a thread sends to a session while a trace context is current on it is stored with that context, so that the
 * turn which handles it can be shown in the same trace, also after a restart. A Meerkat without telemetry keeps and
 * carries it too. Values are immutable; what is current belongs to one thread.
 *
 * @param traceParent such as {@code 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
 * @param traceState what systems that take part add for themselves, such as {@code vendor=abc,other=1}; carried and not read
 */
public record TraceContext(String traceParent, Optional<String> traceState) {
    /** Of version 00; a later version may have more, which is cut. */
    private static final int CHARS = 55;

    private static final Pattern FORM =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    /** As many as W3C asks to carry; a longer state is left out. */
    private static final int STATE_CHARS = 512;

    private static final Pattern STATE = Pattern.compile("[\\x20-\\x7e\\t]*=[\\x20-\\x7e\\t]*");
    private static final ThreadLocal<@Nullable TraceContext> CURRENT = new ThreadLocal<>();

    /**
     * Checks.
     *
     * @throws InvalidFieldException if a part is not of the form of version 00
     */
    public TraceContext {
        Check.notNull(traceParent, "traceparent");
        if (!FORM.matcher(traceParent).matches()) {
            throw new InvalidFieldException("traceparent", traceParent, "is not of the form of W3C Trace Context");
        }
        Check.notNull(traceState, "tracestate").filter(state -> !isState(state)).ifPresent(state -> {
            throw new InvalidFieldException("tracestate", state, "is not of the form of W3C Trace Context");
        });
    }

    /**
     * A context without a state.
     *
     * @param traceParent such as {@code 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
     * @throws InvalidFieldException if it is not of the form of version 00
     */
    public TraceContext(String traceParent) {
        this(traceParent, Optional.empty());
    }

    private static boolean isState(String text) {
        return text.length() <= STATE_CHARS && STATE.matcher(text).matches();
    }

    /**
     * Reads what another system says, with its state. A state that is not valid is left out.
     *
     * @param traceParent a header or field, or null if there is none
     * @param traceState a header or field, or null if there is none
     * @return the context, or empty if its parent is not valid
     */
    public static Optional<TraceContext> parse(@Nullable String traceParent, @Nullable String traceState) {
        Optional<String> state =
                Optional.ofNullable(traceState).map(String::strip).filter(TraceContext::isState);
        return parse(traceParent).map(context -> new TraceContext(context.traceParent(), state));
    }

    /**
     * Reads what another system says. As W3C asks, what cannot be read is taken as if it were not there: a trace is no
     * reason to refuse work.
     *
     * @param traceParent a header or field, or null if there is none
     * @return the context, or empty if it is not valid
     */
    public static Optional<TraceContext> parse(@Nullable String traceParent) {
        if (traceParent == null || traceParent.length() < CHARS) {
            return Optional.empty();
        }
        boolean longer = traceParent.length() > CHARS;
        if (longer && (traceParent.startsWith("00") || traceParent.charAt(CHARS) != '-')) {
            return Optional.empty();
        }
        String known = longer ? traceParent.substring(0, CHARS) : traceParent;
        return FORM.matcher(known).matches() ? Optional.of(new TraceContext(known)) : Optional.empty();
    }

    /** {@return the trace of what this thread does; empty unless {@link #enter} was called on it} */
    public static Optional<TraceContext> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /**
     * Makes a context current on this thread.
     *
     * @param context the context, or null for none
     * @return to be closed on the same thread; then what was current before is current again
     */
    public static Scope enter(@Nullable TraceContext context) {
        TraceContext before = CURRENT.get();
        set(context);
        return () -> set(before);
    }

    private static void set(@Nullable TraceContext context) {
        if (context == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(context);
        }
    }

    /** {@return the trace alone: 32 hexadecimal digits} */
    public String traceId() {
        return traceParent.substring(3, 35);
    }

    /** How long a context is current. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
