package dev.meerkat.core.store;

/** What became of a change of something that may not be there: an envelope, or a dead letter. */
public sealed interface ChangeResult permits ChangeResult.Done, ChangeResult.Absent, Fenced {
    /** It is stored. */
    record Done() implements ChangeResult {}

    /** Nothing was stored, for it is not there, or no longer as the change needs it. */
    record Absent() implements ChangeResult {}
}
