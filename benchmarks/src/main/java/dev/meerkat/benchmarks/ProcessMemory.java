package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says of a process. */
final class ProcessMemory {
    private ProcessMemory() {}

    /** Bytes of memory that it holds now; Linux only. */
    static long resident(long pid) throws IOException {
        return bytes(pid, "VmRSS:");
    }

    /** Bytes of memory that it held at most since its start; Linux only. */
    static long mostResident(long pid) throws IOException {
        return bytes(pid, "VmHWM:");
    }

    private static long bytes(long pid, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no resident memory of process " + pid);
    }
}
