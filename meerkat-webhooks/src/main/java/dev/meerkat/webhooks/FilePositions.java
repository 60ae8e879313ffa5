package dev.meerkat.webhooks;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Positions in a file: a synced line for each change; the last one of a session counts. It is written anew when most
 * of its lines count no more. Thread-safe.
 */
final class FilePositions implements NotificationPositions {
    private static final String HEAD = "meerkat notification positions 1";
    private static final String BEGUN = "begun";
    private static final String AT = "at";
    private static final String FORGOTTEN = "forgotten";
    private static final int SPARE_LINES = 10_000;

    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Map<SessionId, Cursor>> targets = new LinkedHashMap<>();
    private long lines;

    private FilePositions(Path file) {
        this.file = file;
    }

    static FilePositions open(Path file) {
        FilePositions positions = new FilePositions(file);
        try {
            if (Files.exists(file)) {
                positions.load();
            }
            positions.rewrite();
        } catch (IOException e) {
            throw new InvalidFieldException("notifications file", file.toString(), "cannot be read or written", e);
        }
        return positions;
    }

    private void load() throws IOException {
        String text = Files.readString(file);
        // A line that a crash has cut off was never believed to be written.
        List<String> whole =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        if (whole.isEmpty() && text.isEmpty()) {
            return;
        }
        if (whole.isEmpty() || !whole.get(0).equals(HEAD)) {
            throw new InvalidFieldException(
                    "notifications file", file.toString(), "is no file with positions of notifications");
        }
        Set<String> begun = new HashSet<>();
        for (String line : whole.subList(1, whole.size())) {
            String[] words = line.split(" ", -1);
            try {
                apply(words);
                if (words[0].equals(BEGUN)) {
                    begun.add(words[1]);
                }
            } catch (MeerkatException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new InvalidFieldException("notifications file", file.toString(), "has a damaged line", e);
            }
        }
        targets.keySet().retainAll(begun);
    }

    private void apply(String[] words) {
        Map<SessionId, Cursor> target = targets.computeIfAbsent(words[1], name -> new LinkedHashMap<>());
        switch (words[0]) {
            case BEGUN -> {}
            case AT -> target.put(SessionId.of(words[2]), new Cursor(Long.parseLong(words[3])));
            case FORGOTTEN -> target.remove(SessionId.of(words[2]));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    @Override
    public Optional<Map<SessionId, Cursor>> read(String target) {
        lock.lock();
        try {
            return Optional.ofNullable(targets.get(target)).map(LinkedHashMap::new);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void begin(String target, Map<SessionId, Cursor> positions) {
        StringBuilder text = new StringBuilder();
        positions.forEach((session, position) -> text.append(line(AT, target, session + " " + position)));
        // What begins is known by its last line, so that a crash before it begins anew.
        lock.lock();
        try {
            targets.put(target, new LinkedHashMap<>(positions));
            append(text + BEGUN + " " + target + "\n");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(String target, SessionId session, Cursor position) {
        change(line(AT, target, session + " " + position));
    }

    @Override
    public void forget(String target, SessionId session) {
        change(line(FORGOTTEN, target, session.toString()));
    }

    private static String line(String word, String target, String rest) {
        return word + " " + target + " " + rest + "\n";
    }

    private void change(String line) {
        lock.lock();
        try {
            apply(line.strip().split(" ", -1));
            append(line);
        } finally {
            lock.unlock();
        }
    }

    private void append(String text) {
        try {
            lines += text.lines().count();
            int live = targets.values().stream().mapToInt(Map::size).sum();
            if (lines > 2L * live + SPARE_LINES) {
                rewrite();
                return;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                writeAll(channel, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the positions of notifications cannot be written: " + file, e);
        }
    }

    private void rewrite() throws IOException {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        targets.forEach((target, sessions) -> {
            sessions.forEach((session, position) -> text.append(line(AT, target, session + " " + position)));
            text.append(BEGUN).append(' ').append(target).append('\n');
        });
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(channel, text.toString());
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = text.toString().lines().count();
    }

    private static void writeAll(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            int unused = channel.write(bytes);
        }
        channel.force(true);
    }
}
