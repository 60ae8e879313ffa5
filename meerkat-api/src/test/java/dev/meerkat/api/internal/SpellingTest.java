package dev.meerkat.api.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingTest {
    private static final Set<String> KNOWN = Set.of("session_id", "secrets", "type", "key");

    @ParameterizedTest
    @ValueSource(strings = {"sessionId", "session-id", "SESSION_ID", "sesion_id", "sessoin_id", "session_idd"})
    void aNameThatIsNearIsMeant(String name) {
        assertThat(Spelling.meant(name, KNOWN)).contains("session_id");
    }

    @Test
    void aNameThatIsFarIsNot() {
        assertThat(Spelling.meant("colour", KNOWN)).isEmpty();
    }

    @Test
    void shortNamesMustBeTheSameButForCase() {
        assertThat(Spelling.meant("Key", KNOWN)).contains("key");
        assertThat(Spelling.meant("kex", KNOWN)).isEmpty();
        assertThat(Spelling.meant("typ", KNOWN)).contains("type");
        assertThat(Spelling.meant("tip", KNOWN)).isEmpty();
    }
}
