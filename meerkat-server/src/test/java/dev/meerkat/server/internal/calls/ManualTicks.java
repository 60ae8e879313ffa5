package dev.meerkat.server.internal.calls;

/** Seconds that a test lets pass. */
public final class ManualTicks implements TickSource {
    private volatile Runnable task = () -> {};

    @Override
    public Runnable start(Runnable each) {
        task = each;
        return () -> task = () -> {};
    }

    /** Lets some pass. */
    public void seconds(int count) {
        for (int i = 0; i < count; i++) {
            task.run();
        }
    }
}
