package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.testkit.internal.CoverageFuzzing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a server answers is read, or is a typed error. Coverage guides the changes of recorded answers. */
class AnsweredBytesJazzerTest {
    @TempDir
    Path folder;

    @Test
    void changedAnswersAreReadOrAreTypedErrors() throws Exception {
        List<byte[]> seeds = AnsweredBytesTarget.seeds();
        assertThat(seeds).isNotEmpty();
        seeds.forEach(AnsweredBytesTarget::fuzzerTestOneInput);
        CoverageFuzzing.run(AnsweredBytesTarget.class, seeds, folder);
    }
}
