package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** Reads from a flight recording where the time of a process went. */
final class HotSpots {
    private static final int ROWS = 40;
    private final Map<String, Integer> methods = new HashMap<>();
    private final Map<String, Integer> ours = new HashMap<>();
    private final Map<String, Integer> callers = new HashMap<>();
    private final Map<String, Integer> threads = new HashMap<>();
    private final Map<String, Integer> allocations = new HashMap<>();
    private int samples;

    private HotSpots() {}

    static List<String> recordInto(Path file) {
        return List.of("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + file, "-Xlog:jfr*=off");
    }

    /**
     * Prints the hot methods of a recording.
     *
     * @param args the files
     * @throws IOException if one cannot be read
     */
    public static void main(String[] args) throws IOException {
        for (String arg : args) {
            System.out.println(of(Path.of(arg)));
        }
    }

    static String of(Path recording) throws IOException {
        HotSpots spots = new HotSpots();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                spots.count(file.readEvent());
            }
        }
        return "hot spots of " + recording.getFileName() + ", " + spots.samples + " samples\n"
                + table("methods", spots.methods, spots.samples)
                + table("first method of this project", spots.ours, spots.samples)
                + table("methods of this project with all that they call", spots.callers, spots.samples)
                + table("threads", spots.threads, spots.samples)
                + table(
                        "allocations, by first method of this project and class, KiB",
                        spots.allocations,
                        spots.allocations.values().stream()
                                .mapToInt(Integer::intValue)
                                .sum());
    }

    private void count(RecordedEvent event) {
        String type = event.getEventType().getName();
        RecordedStackTrace stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
            return;
        }
        if (type.equals("jdk.ExecutionSample") || type.equals("jdk.NativeMethodSample")) {
            samples++;
            methods.merge(name(stack.getFrames().get(0)), 1, Integer::sum);
            ours.merge(first(stack), 1, Integer::sum);
            stack.getFrames().stream()
                    .filter(frame -> name(frame).startsWith("dev.meerkat"))
                    .map(frame -> frame.getMethod().getType().getName() + "."
                            + frame.getMethod().getName())
                    .distinct()
                    .forEach(name -> callers.merge(name, 1, Integer::sum));
            threads.merge(thread(event.getThread("sampledThread")), 1, Integer::sum);
        } else if (type.equals("jdk.ObjectAllocationSample")) {
            String what = first(stack) + " new " + event.getClass("objectClass").getName();
            allocations.merge(what, (int) (event.getLong("weight") >> 10), Integer::sum);
        }
    }

    private static String first(RecordedStackTrace stack) {
        for (RecordedFrame frame : stack.getFrames()) {
            String name = name(frame);
            if (name.startsWith("dev.meerkat") && !name.startsWith("dev.meerkat.benchmarks")) {
                return name;
            }
        }
        return "other";
    }

    private static String name(RecordedFrame frame) {
        return frame.isJavaFrame()
                ? frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName() + ":" + frame.getLineNumber()
                : "native";
    }

    private static String thread(@Nullable RecordedThread thread) {
        String name = thread == null ? null : thread.getJavaName();
        return name == null ? "a virtual machine thread" : name.replaceAll("[0-9]+", "N");
    }

    private static String table(String title, Map<String, Integer> counts, int whole) {
        int total = Math.max(1, whole);
        StringBuilder text = new StringBuilder("  " + title + "\n");
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(ROWS)
                .forEach(entry -> text.append(String.format(
                        Locale.ROOT,
                        "    %5.1f%% %7d %s%n",
                        100.0 * entry.getValue() / total,
                        entry.getValue(),
                        entry.getKey())));
        return text.toString();
    }
}
