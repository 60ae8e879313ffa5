package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** An agent that is a class of one's own. */
final class AgentClass {
    private static final Logger LOG = LoggerFactory.getLogger(AgentClass.class);
    private static final String ALL_JARS = "/*";

    @Option(
            names = "--agent-class",
            paramLabel = "NAME",
            description = {
                "Instead of --agent: a class of yours answers. It is a dev.meerkat.core.agent.Agent",
                "with a public constructor without parameters. One that is AutoCloseable is closed at the end."
            })
    @Nullable
    String name;

    @Option(
            names = "--agent-path",
            paramLabel = "PATH",
            description = {
                "Where the class and its libraries are: jars and directories, separated as in a class path;",
                "DIR/* is all jars of a directory."
            })
    @Nullable
    String path;

    AgentClass() {}

    boolean isGiven() {
        return name != null || path != null;
    }

    /** Makes the agent. Its class loader stays open as long as the process. */
    Agent create() {
        if (name == null) {
            throw new UsageException("--agent-class must be given with --agent-path");
        }
        if (path == null) {
            throw new UsageException("--agent-path must be given with --agent-class");
        }
        try {
            ClassLoader loader = new URLClassLoader("meerkat-agent", urls(path), AgentClass.class.getClassLoader());
            if (make(name, loader) instanceof Agent agent) {
                return new LoadedAgent(agent, loader);
            }
            throw refusal("is not a dev.meerkat.core.agent.Agent", null);
        } catch (ClassNotFoundException e) {
            throw refusal("is not in --agent-path, or needs a class that is not: " + e.getMessage(), e);
        } catch (ExceptionInInitializerError e) {
            throw refusal("cannot be made: " + e.getCause(), e);
        } catch (LinkageError e) {
            throw refusal("cannot be used: " + e, e);
        } catch (InvocationTargetException e) {
            throw refusal("cannot be made: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw refusal("must be a public class with a public constructor without parameters", e);
        }
    }

    private static Object make(String name, ClassLoader loader) throws ReflectiveOperationException {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try {
            return Class.forName(name, true, loader).getConstructor().newInstance();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** Its turns run with its class loader as their thread's, with which libraries look for their plug-ins. */
    record LoadedAgent(Agent agent, ClassLoader loader) implements Agent {
        @Override
        public String answer(TurnContext turn) throws Exception {
            return inLoader(() -> agent.answer(turn));
        }

        /** Closes the agent, if it can be closed; one that fails to does not hold up the end. */
        void close() {
            if (agent instanceof AutoCloseable closeable) {
                try {
                    boolean unused = inLoader(() -> {
                        closeable.close();
                        return true;
                    });
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    LOG.warn("the agent cannot be closed", e);
                }
            }
        }

        private <T> T inLoader(Callable<T> work) throws Exception {
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(loader);
            try {
                return work.call();
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }
    }

    private InvalidFieldException refusal(String reason, @Nullable Throwable cause) {
        String given = name == null ? "" : name;
        return cause == null
                ? new InvalidFieldException("--agent-class", given, reason)
                : new InvalidFieldException("--agent-class", given, reason, cause);
    }

    private static URL[] urls(String path) {
        List<URL> urls = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator, -1)) {
            for (Path file : entry.endsWith(ALL_JARS) ? jars(entry) : List.of(Path.of(entry))) {
                if (entry.isEmpty() || !Files.isReadable(file)) {
                    throw new InvalidFieldException("--agent-path", entry, "is not there, or cannot be read");
                }
                try {
                    urls.add(file.toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new InvalidFieldException("--agent-path", entry, "is no file", e);
                }
            }
        }
        return urls.toArray(URL[]::new);
    }

    private static List<Path> jars(String entry) {
        Path directory = Path.of(entry.substring(0, entry.length() - ALL_JARS.length()));
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidFieldException("--agent-path", entry, "cannot be listed", e);
        }
    }
}
