package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/** The least that a durable append can be: length, checksum and payload at the end of a file, then a sync. */
final class RawLog implements AutoCloseable {
    private static final int HEADER = 8;
    private static final int READ_BYTES = 1 << 20;

    private final FileChannel channel;
    private final GroupCommit commits;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);

    RawLog(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        commits = new GroupCommit(this::commit);
    }

    void append(byte[] payload) throws InterruptedException {
        commits.append(payload);
    }

    /** Writes a group without another thread. */
    void commit(List<byte[]> payloads) throws IOException {
        int bytes =
                payloads.stream().mapToInt(payload -> HEADER + payload.length).sum();
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
        buffer.clear();
        for (byte[] payload : payloads) {
            buffer.putInt(payload.length).putInt(checksum(payload)).put(payload);
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }

    private static int checksum(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }

    /** Reads a file from its start and checks it; returns how many payloads it holds. */
    static long scan(Path file) throws IOException {
        long count = 0;
        ByteBuffer read = ByteBuffer.allocateDirect(READ_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(read) >= 0) {
                read.flip();
                while (read.remaining() >= HEADER && read.remaining() >= HEADER + read.getInt(read.position())) {
                    byte[] payload = new byte[read.getInt()];
                    int expected = read.getInt();
                    read.get(payload);
                    if (checksum(payload) != expected) {
                        throw new IOException("wrong checksum of payload " + count);
                    }
                    count++;
                }
                read.compact();
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        commits.close();
        channel.close();
    }
}
