package dev.meerkat.store.sqlite.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories that only this user may read and write. Where a file system knows no owners and permissions,
 * they are made and taken as they are.
 */
public final class PrivateFiles {
    private static final int ROOT = 0;
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;

    private PrivateFiles() {}

    /** Who has a file, and who else may write to it. */
    private record Access(int owner, boolean othersWrite) {
        static Access of(Path path) throws IOException {
            int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return new Access(owner, (mode & OTHERS_WRITE) != 0);
        }
    }

    /**
     * Makes a file with the mode 0600, unless there is one.
     *
     * @param file the file, whose directory exists
     * @throws IOException if it cannot be made
     */
    public static void createFile(Path file) throws IOException {
        try {
            Files.createFile(file, mode(file, "rw-------"));
        } catch (FileAlreadyExistsException e) {
            // Its owner has chosen its mode.
        }
    }

    /**
     * Makes a directory, and those above it that are missing, with the mode 0700.
     *
     * @param directory the directory
     * @throws IOException if it cannot be made
     */
    public static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, mode(directory, "rwx------"));
    }

    /**
     * Makes a directory with the mode 0700 beside a file that is to be made, for what becomes that file. No other call
     * gets the same one. Its name is that of the file with {@code .part-} and a number behind it.
     *
     * @param file the absolute path of the file, whose directory exists
     * @return the new directory
     * @throws IOException if it cannot be made
     */
    public static Path createPart(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part-" + UUID.randomUUID());
        return Files.createDirectory(part, mode(file, "rwx------"));
    }

    /** The attributes that make a new file's mode this one from its first byte. */
    static FileAttribute<?>[] mode(Path path, String permissions) {
        return knowsModes(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean knowsModes(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /**
     * Whether other users could have put something there, or could change it.
     *
     * @param path an existing file or directory
     * @return what is wrong and the way out, to follow the path in a message; empty if nothing is
     * @throws IOException if it cannot be looked at
     */
    public static Optional<String> problem(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return Optional.of("is a symbolic link; give the path it leads to: " + Files.readSymbolicLink(path));
        }
        if (!knowsModes(path)) {
            return Optional.empty();
        }
        Access access = Access.of(path);
        Access own = access.owner() == ROOT && !access.othersWrite() ? access : ownBeside(path);
        if (own == null) {
            return Optional.empty();
        }
        if (access.owner() != ROOT && access.owner() != own.owner()) {
            return Optional.of("belongs to another user, number " + access.owner()
                    + "; if it is yours, take it over: chown " + own.owner() + " " + path);
        }
        if (access.othersWrite() && !own.othersWrite()) {
            return Optional.of("can be written to by every user; if it is yours, close it: chmod o-w " + path);
        }
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? namesProblem(path) : Optional.empty();
    }

    /** Another name may be where others can open the file, and a store under two names would be locked twice. */
    private static Optional<String> namesProblem(Path file) throws IOException {
        int names = (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        return names > 1
                ? Optional.of("has " + names + " names (hard links); remove the others, or use a copy: cp " + file + " "
                        + file + ".copy")
                : Optional.empty();
    }

    /**
     * Whether every user could replace the files of a directory. One that many share, such as {@code /tmp}, keeps each
     * user's files by its sticky bit.
     *
     * @param directory an existing directory
     * @return what is wrong and the way out, to follow the path in a message; empty if nothing is
     * @throws IOException if it cannot be looked at
     */
    public static Optional<String> sharedProblem(Path directory) throws IOException {
        if (!knowsModes(directory)) {
            return Optional.empty();
        }
        int mode = (Integer) Files.getAttribute(directory, "unix:mode");
        if ((mode & OTHERS_WRITE) == 0 || (mode & STICKY) != 0) {
            return Optional.empty();
        }
        Access own = ownBeside(directory);
        return own == null || own.othersWrite()
                ? Optional.empty()
                : Optional.of("can be written to by every user, who could replace the files in it; close it: chmod o-w "
                        + directory + " (or, if others need it: chmod +t " + directory + ")");
    }

    /** How a private file of this user looks there, since some file systems show all files alike; null if unknown. */
    private static @Nullable Access ownBeside(Path path) throws IOException {
        Path directory = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
        if (directory == null || !Files.isWritable(directory)) {
            directory = Path.of(System.getProperty("java.io.tmpdir", "."));
        }
        Path probe = directory.resolve(".meerkat-" + UUID.randomUUID() + ".tmp");
        try {
            createFile(probe);
            return Access.of(probe);
        } catch (IOException e) {
            return null;
        } finally {
            Files.deleteIfExists(probe);
        }
    }
}
