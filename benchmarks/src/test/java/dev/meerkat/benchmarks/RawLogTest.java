package dev.meerkat.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawLogTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsAppendedIsReadBack() throws Exception {
        Path file = directory.resolve("raw.log");
        try (RawLog log = new RawLog(file)) {
            log.append(new byte[100]);
            log.commit(Collections.nCopies(3_000, new byte[512]));
        }

        assertThat(RawLog.scan(file)).isEqualTo(3_001);
    }

    @Test
    void aFlippedBitIsFound() throws Exception {
        Path file = directory.resolve("raw.log");
        try (RawLog log = new RawLog(file)) {
            log.append(new byte[100]);
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[50] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> RawLog.scan(file)).hasMessageContaining("wrong checksum");
    }
}
