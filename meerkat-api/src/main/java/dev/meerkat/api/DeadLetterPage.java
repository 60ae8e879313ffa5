package dev.meerkat.api;

import java.util.List;

/**
 * A page of dead letters: by session in order of creation, then in order of admission.
 *
 * @param deadLetters the page
 * @param hasMore whether there are dead letters after it
 */
public record DeadLetterPage(List<DeadLetter> deadLetters, boolean hasMore) implements HasJson {
    /** Checks and copies. */
    public DeadLetterPage {
        deadLetters = Check.list(deadLetters, "dead_letters");
    }
}
