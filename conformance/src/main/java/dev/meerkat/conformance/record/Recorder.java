package dev.meerkat.conformance.record;

import dev.meerkat.conformance.FakeModel;
import dev.meerkat.conformance.Installed;
import dev.meerkat.conformance.ServerHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Plays the scripts beside this class to every installed server and writes down what both sides say.
 *
 * <p>The first argument is the directory for the recordings; others are the scripts to play, all by default.
 */
public final class Recorder {
    private static final List<String> RPC = List.of("rpc-stdio", "rpc-tcp", "rpc-held");
    private static final List<String> REST = List.of("rest");

    private final Path directory;
    private final List<String> chosen;

    private Recorder(Path directory, List<String> chosen) {
        this.directory = directory;
        this.chosen = chosen;
    }

    /** Records everything. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("name the directory for the recordings");
        }
        List<String> names = List.of(arguments);
        Recorder recorder =
                new Recorder(Files.createDirectories(Path.of(names.get(0))), names.subList(1, names.size()));
        Installed.missing().forEach(server -> say("not found, so not recorded: " + server.title()));
        for (Installed server : Installed.found()) {
            for (String script : server.surface() == Installed.Surface.RPC ? RPC : REST) {
                if (recorder.chosen.isEmpty() || recorder.chosen.contains(script)) {
                    recorder.record(server, script);
                }
            }
        }
    }

    private void record(Installed server, String script) throws IOException, InterruptedException {
        Path file = directory.resolve("own-" + script + "-" + server.version() + ".jsonl");
        List<Step> steps = Step.read(script, server.version());
        try (FakeModel model = FakeModel.start();
                ServerHome home = script.endsWith("-held") ? ServerHome.of(model) : ServerHome.create();
                Journal journal = new Journal(file, home.root())) {
            if (server.surface() == Installed.Surface.REST) {
                new RestPlayer(server, home, journal).play(steps);
            } else {
                new RpcPlayer(server, home, journal, model).play(steps);
            }
        } catch (IllegalStateException e) {
            throw new IllegalStateException(server.title() + " did not follow " + script, e);
        }
        say("recorded " + file.getFileName() + " of " + server.title());
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
