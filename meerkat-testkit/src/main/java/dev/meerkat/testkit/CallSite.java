package dev.meerkat.testkit;

import java.util.Set;

/** Finds the line of a test that calls the kit. */
final class CallSite {
    private CallSite() {}

    /** The innermost caller outside this class and those. */
    static String outside(Class<?>... kit) {
        Set<Class<?>> passed = Set.of(kit);
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.filter(frame -> frame.getDeclaringClass() != CallSite.class
                                && !passed.contains(frame.getDeclaringClass()))
                        .findFirst()
                        .map(frame -> frame.toStackTraceElement().toString())
                        .orElse("unknown"));
    }
}
