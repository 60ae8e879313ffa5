package dev.meerkat.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;

/** What is on the heap of this process, after a full collection. */
final class Heap {
    private Heap() {}

    /** Bytes in use. */
    static long used() {
        long used = Long.MAX_VALUE;
        // Cleaners and references need more than one collection.
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(
                    used,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }

    /** Bytes by class. */
    static Map<String, Long> histogram() throws Exception {
        String text = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Long> bytes = new HashMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 4 && words[0].endsWith(":")) {
                bytes.merge(words[3], Long.parseLong(words[2]), Long::sum);
            }
        }
        return bytes;
    }

    /** What one histogram has more than another, in bytes per object of {@code count}, if at least one. */
    static Map<String, Double> growth(Map<String, Long> before, Map<String, Long> after, int count) {
        Map<String, Double> growth = new TreeMap<>();
        after.forEach((name, bytes) -> {
            double each = (bytes - before.getOrDefault(name, 0L)) / (double) count;
            if (Math.abs(each) >= 1) {
                growth.put(name, each);
            }
        });
        return growth;
    }
}
