package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The packaged script completes what people type. */
class CompletionsTest {
    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Command.need("bash");
        assertThat(completed("meerkat", "se"))
                .contains("serve\n", "send\n", "sessions\n")
                .doesNotContain("doctor");
        assertThat(completed("meerkat", "run", "--comms")).isEqualTo("--comms-name\n");
    }

    private static String completed(String... words) throws Exception {
        String script = Command.packaged("meerkat").replaceFirst("bin/meerkat$", "completions/meerkat.bash");
        String function =
                ". " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; _complete_meerkat;"
                        + " printf '%s\\n' \"${COMPREPLY[@]}\"";
        return Command.run(Map.of(), "bash", "-c", function);
    }
}
