package dev.meerkat.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Says where a report was made. */
final class Machine {
    private Machine() {}

    static void describe(Markdown out, Options options, String[] args, Instant date, String loadBefore, Duration took)
            throws IOException {
        out.paragraph("# Measurements" + (options.quick() ? " (short form: proves only that they work)" : ""));
        out.table("", "");
        out.row("date", date.truncatedTo(ChronoUnit.SECONDS));
        out.row("command", "`benchmarks/run.sh " + String.join(" ", args) + "`");
        out.row("took", took.toMinutes() + " min " + took.toSecondsPart() + " s");
        out.row(
                "machine",
                processor() + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + memory());
        out.row("load average before", loadBefore);
        out.row("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        out.row("disk", disk(options.data()));
        out.row("JDK", System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
        out.line();
        out.paragraph("""
                Each figure is the median of %d process(es), ± half the distance between the lowest and the highest of
                them. The sides of a comparison ran in turn in the same run; which goes first alternates.
                """.formatted(options.forks()));
    }

    /** The load average, which should be near zero. */
    static String load() {
        double load = system().getSystemLoadAverage();
        return Markdown.number(load);
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            List<String> lines = Files.readAllLines(info);
            for (String line : lines) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return System.getProperty("os.arch");
    }

    /** Processor time of this process so far. */
    static long cpuNanos() {
        return system().getProcessCpuTime();
    }

    private static String memory() {
        return (system().getTotalMemorySize() >> 30) + " GiB";
    }

    private static OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    private static String disk(Path data) throws IOException {
        FileStore store = Files.getFileStore(data);
        return store.type() + " on " + store.name();
    }
}
