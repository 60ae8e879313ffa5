package dev.meerkat.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a process did to the files of a directory, in order, and what a loss of power at any moment may leave of it. What
 * was synced is there. Of what was not, any blocks of 512 bytes may be there or not, in any order; names of files are
 * made and taken away in order up to some point.
 */
final class RecordedDisk {
    private static final int BLOCK = 512;

    private enum Kind {
        CREATE,
        WRITE,
        TRUNCATE,
        SYNC,
        UNLINK,
        RENAME
    }

    private record Operation(Kind kind, long file, long offset, long after, String path, byte[] data) {}

    /** A file, by what is surely on the disk, and what may be. */
    private static final class Content {
        private final Deque<Map.Entry<Integer, Operation>> pending = new ArrayDeque<>();
        private byte[] durable;

        Content(byte[] durable) {
            this.durable = durable;
        }

        void sync(long before) {
            while (!pending.isEmpty() && pending.peek().getKey() < before) {
                durable = applied(durable, pending.remove().getValue(), null, 1);
            }
        }

        byte[] crashed(Random random, double share) {
            byte[] left = durable.clone();
            for (Map.Entry<Integer, Operation> operation : pending) {
                left = applied(left, operation.getValue(), random, share);
            }
            return left;
        }

        private static byte[] applied(byte[] content, Operation operation, Random random, double share) {
            int offset = (int) operation.offset();
            if (operation.kind() == Kind.TRUNCATE) {
                return kept(random, share) ? Arrays.copyOf(content, offset) : content;
            }
            byte[] result = content;
            if (random == null && result.length < offset + operation.data().length) {
                result = Arrays.copyOf(result, offset + operation.data().length);
            }
            for (int from = 0; from < operation.data().length; ) {
                int to = Math.min(operation.data().length, (offset + from) / BLOCK * BLOCK + BLOCK - offset);
                if (kept(random, share)) {
                    if (result.length < offset + to) {
                        result = Arrays.copyOf(result, offset + to);
                    }
                    System.arraycopy(operation.data(), from, result, offset + from, to - from);
                }
                from = to;
            }
            return result;
        }

        private static boolean kept(Random random, double share) {
            return random == null || random.nextDouble() < share;
        }
    }

    /** Files that are there, and surely on the disk, before anything is done. */
    record Before(Map<String, Long> names, Map<Long, byte[]> contents) {
        static Before of(Path directory) throws IOException {
            Before before = new Before(new HashMap<>(), new HashMap<>());
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    long number = (Long) Files.getAttribute(file, "unix:ino");
                    before.names.put(file.toString(), number);
                    before.contents.put(number, Files.readAllBytes(file));
                }
            }
            return before;
        }
    }

    private final Path directory;
    private final Before before;
    private final List<Operation> operations = new ArrayList<>();
    /** How many operations the following have seen. */
    private int done = Integer.MAX_VALUE;

    private final Map<Long, Content> files = new HashMap<>();
    private final Map<String, Long> durableNames = new HashMap<>();
    private final Deque<Map.Entry<Integer, Operation>> names = new ArrayDeque<>();

    RecordedDisk(Path directory, Before before, Path record) throws IOException {
        this.directory = directory;
        this.before = before;
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(record)).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            Kind kind = Kind.values()[(int) in.getLong() - 1];
            long file = in.getLong();
            long offset = in.getLong();
            long length = in.getLong();
            long after = in.getLong();
            String path = new String(bytes(in, in.getLong()), StandardCharsets.UTF_8);
            byte[] data = kind == Kind.WRITE || kind == Kind.RENAME ? bytes(in, length) : new byte[0];
            operations.add(new Operation(kind, file, offset, after, path, data));
        }
    }

    private static byte[] bytes(ByteBuffer in, long length) {
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    int operations() {
        return operations.size();
    }

    /** What was written to a file up to a moment, synced or not. */
    String written(String name, int moment) {
        StringBuilder text = new StringBuilder();
        for (Operation operation : operations.subList(0, moment)) {
            if (operation.kind() == Kind.WRITE
                    && operation.path().equals(directory.resolve(name).toString())) {
                text.append(new String(operation.data(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    /** Writes what a loss of power after so many operations may leave; fast where each moment is behind the one before. */
    void crash(int moment, Random random, Path target) throws IOException {
        if (moment < done) {
            begin();
        }
        for (; done < moment; done++) {
            next(done, operations.get(done));
        }
        Map<String, Long> left = new HashMap<>(durableNames);
        Deque<Map.Entry<Integer, Operation>> more = new ArrayDeque<>(names);
        for (int count = more.isEmpty() ? 0 : random.nextInt(more.size() + 1); count > 0; count--) {
            name(left, more.remove().getValue());
        }
        double share = new double[] {0, 0.1, 0.5, 0.9, 1}[random.nextInt(5)];
        for (Map.Entry<String, Long> named : left.entrySet()) {
            Content content = files.getOrDefault(named.getValue(), new Content(new byte[0]));
            Files.write(target.resolve(Path.of(named.getKey()).getFileName()), content.crashed(random, share));
        }
    }

    private void begin() {
        done = 0;
        files.clear();
        before.contents().forEach((file, content) -> files.put(file, new Content(content)));
        durableNames.clear();
        durableNames.putAll(before.names());
        names.clear();
    }

    private void next(int number, Operation operation) {
        switch (operation.kind()) {
            case CREATE, UNLINK, RENAME -> names.add(Map.entry(number, operation));
            case WRITE, TRUNCATE ->
                files.computeIfAbsent(operation.file(), file -> new Content(new byte[0]))
                        .pending
                        .add(Map.entry(number, operation));
            case SYNC -> {
                if (Path.of(operation.path()).equals(directory)) {
                    while (!names.isEmpty() && names.peek().getKey() < operation.after()) {
                        name(durableNames, names.remove().getValue());
                    }
                } else if (files.containsKey(operation.file())) {
                    files.get(operation.file()).sync(operation.after());
                }
            }
        }
    }

    private static void name(Map<String, Long> names, Operation operation) {
        switch (operation.kind()) {
            case CREATE -> names.put(operation.path(), operation.file());
            case UNLINK -> names.remove(operation.path());
            default -> names.put(new String(operation.data(), StandardCharsets.UTF_8), names.remove(operation.path()));
        }
    }
}
