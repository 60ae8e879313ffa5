package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.testkit.internal.CoverageFuzzing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each parser of what a store has on disk reads changed bytes, or refuses them: rows, records of the journal and files of sessions.
 * Coverage guides the changes. It never ends with an error of the machine, such as a full stack, and what it writes of what it has read
 * is read as the same.
 */
class StoredBytesJazzerTest {
    @TempDir
    Path folder;

    @Test
    void changedBytesAreReadOrRefused() throws Exception {
        List<byte[]> seeds = StoredBytesTarget.seeds();
        assertThat(seeds).hasSizeGreaterThanOrEqualTo(StoredParser.all().size());
        seeds.forEach(StoredBytesTarget::fuzzerTestOneInput);
        CoverageFuzzing.run(StoredBytesTarget.class, seeds, folder);
    }
}
