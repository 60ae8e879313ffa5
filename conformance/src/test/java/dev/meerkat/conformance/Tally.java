package dev.meerkat.conformance;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.testkit.contract.Detail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the tests found at each server. Thread-safe. */
final class Tally implements AutoCloseable {
    /** Of this run. */
    static final Tally RUN = new Tally();

    private static final Path FILE = Path.of("target", "conformance-report.txt");

    private final Map<String, Server> servers = new TreeMap<>();
    private final Set<String> leftOut = new TreeSet<>();

    private Tally() {}

    private static final class Server {
        private String declared = "nothing was asked";
        private String untold = "";
        private int passed;
        private final List<String> failed = new ArrayList<>();
        private final Map<String, Integer> refused = new TreeMap<>();
        private final Map<String, Integer> skipped = new TreeMap<>();
    }

    private Server server(Reached reached) {
        return servers.computeIfAbsent(reached.toString(), name -> new Server());
    }

    synchronized void declared(Reached reached, Capabilities capabilities) {
        server(reached).declared = new TreeSet<>(capabilities.supported()).toString();
    }

    /** Where the contract asserts what the server does instead, or cannot be asserted at all. */
    synchronized void untold(Reached reached, Set<Detail> details) {
        server(reached).untold = "; deviates or does not tell " + new TreeSet<>(details);
    }

    /** A chapter of the contract that is not part of this run. */
    synchronized void leftOut(String chapter) {
        leftOut.add(chapter);
    }

    synchronized void passed(Reached reached) {
        server(reached).passed++;
    }

    synchronized void failed(Reached reached, String test) {
        server(reached).failed.add(test);
    }

    /** The test that tells this is told as passed as well. */
    synchronized void refused(Reached reached, Capability capability) {
        server(reached).refused.merge(capability.name(), 1, Integer::sum);
        server(reached).passed--;
    }

    synchronized void skipped(Reached reached, String reason) {
        server(reached).skipped.merge(reason, 1, Integer::sum);
    }

    /** Writes the report, at the end of the run. */
    @Override
    public synchronized void close() throws IOException {
        List<String> lines = new ArrayList<>();
        Installed.missing().forEach(server -> lines.add(server.title() + ": not found, so not tested"));
        if (!leftOut.isEmpty()) {
            lines.add("short form, without these chapters of the contract (-D" + ShortForm.FULL + " runs all): "
                    + leftOut);
        }
        servers.forEach((name, server) -> lines.add(line(name, server)));
        Files.createDirectories(FILE.getParent());
        Files.write(FILE, lines);
        lines.forEach(line -> System.out.println("conformance: " + line));
    }

    private static String line(String name, Server server) {
        return name + ": declared " + server.declared + "; passed " + server.passed + ", failed " + server.failed.size()
                + " " + server.failed
                + ", refused as declared " + sum(server.refused) + " " + server.refused + ", skipped "
                + sum(server.skipped) + " " + server.skipped + server.untold;
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
