package dev.meerkat.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.testkit.internal.CoverageFuzzing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each parser of what clients and senders of webhooks send reads changed bytes, or refuses them with the reason: lines, parameters of
 * calls on each contract line, values of the API, and deliveries for each kind of route. Coverage guides the changes.
 */
class OutsideBytesJazzerTest {
    @TempDir
    Path folder;

    @Test
    void changedBytesAreReadOrRefusedWithTheReason() throws Exception {
        List<byte[]> seeds = OutsideBytesTarget.seeds();
        assertThat(seeds).isNotEmpty();
        seeds.forEach(OutsideBytesTarget::fuzzerTestOneInput);
        CoverageFuzzing.run(OutsideBytesTarget.class, seeds, folder);
    }
}
