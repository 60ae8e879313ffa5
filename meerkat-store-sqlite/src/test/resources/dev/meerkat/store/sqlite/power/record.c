/*
 * Preloaded into a process, records in order what it does to the files of one directory: creations, writes, truncations,
 * syncs, deletions and renames. Each record is: code, file number, offset, length, number of the operation that a sync began
 * after (all 8 bytes), length of the path (8 bytes), the path, and what was written.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, UNLINK, RENAME };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int out = -1;
static const char *directory;
static uint64_t operations;

__attribute__((constructor)) static void begin(void) {
    directory = getenv("RECORD_DIRECTORY");
    const char *to = getenv("RECORD_TO");
    if (directory && to) {
        out = (int) syscall(SYS_openat, AT_FDCWD, to, O_CREAT | O_WRONLY | O_APPEND, 0600);
    }
}

static void put(const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        ssize_t n = syscall(SYS_write, out, at, length);
        if (n <= 0) {
            _exit(99);
        }
        at += n;
        length -= (size_t) n;
    }
}

/* With the mutex held. */
static void record(uint64_t code, uint64_t file, uint64_t offset, uint64_t length, uint64_t after, const char *path,
                   const void *data) {
    uint64_t header[6] = {code, file, offset, length, after, strlen(path)};
    put(header, sizeof header);
    put(path, strlen(path));
    if (data) {
        put(data, length);
    }
    operations++;
}

static int within(const char *path) {
    size_t n = directory ? strlen(directory) : 0;
    return out >= 0 && n > 0 && strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == 0);
}

static int of(int fd, char *path, uint64_t *file) {
    if (out < 0 || fd == out) {
        return 0;
    }
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, 4095);
    if (n <= 0) {
        return 0;
    }
    path[n] = 0;
    struct stat found;
    if (!within(path) || fstat(fd, &found) != 0) {
        return 0;
    }
    *file = found.st_ino;
    return 1;
}

#define REAL(name, type) \
    static __typeof__(type) real; \
    if (!real) real = (__typeof__(type)) dlsym(RTLD_NEXT, name)

static ssize_t written(ssize_t (*real)(int, const void *, size_t, off64_t), int fd, const void *data, size_t length,
                       off64_t offset) {
    char path[4096];
    uint64_t file;
    if (!of(fd, path, &file)) {
        return real(fd, data, length, offset);
    }
    pthread_mutex_lock(&mutex);
    ssize_t n = real(fd, data, length, offset);
    if (n > 0) {
        record(WRITE, file, (uint64_t) offset, (uint64_t) n, 0, path, data);
    }
    pthread_mutex_unlock(&mutex);
    return n;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t));
    return written(real, fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t));
    return written(real, fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
    REAL("write", ssize_t (*)(int, const void *, size_t));
    char path[4096];
    uint64_t file;
    if (!of(fd, path, &file)) {
        return real(fd, data, length);
    }
    pthread_mutex_lock(&mutex);
    off64_t offset = (fcntl(fd, F_GETFL) & O_APPEND) ? lseek64(fd, 0, SEEK_END) : lseek64(fd, 0, SEEK_CUR);
    ssize_t n = real(fd, data, length);
    if (n > 0) {
        record(WRITE, file, (uint64_t) offset, (uint64_t) n, 0, path, data);
    }
    pthread_mutex_unlock(&mutex);
    return n;
}

static int truncated(int (*real)(int, off64_t), int fd, off64_t length) {
    char path[4096];
    uint64_t file;
    if (!of(fd, path, &file)) {
        return real(fd, length);
    }
    pthread_mutex_lock(&mutex);
    int result = real(fd, length);
    if (result == 0) {
        record(TRUNCATE, file, (uint64_t) length, 0, 0, path, NULL);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

int ftruncate(int fd, off_t length) {
    REAL("ftruncate64", int (*)(int, off64_t));
    return truncated(real, fd, length);
}

int ftruncate64(int fd, off64_t length) {
    REAL("ftruncate64", int (*)(int, off64_t));
    return truncated(real, fd, length);
}

static int synced(int (*real)(int), int fd) {
    char path[4096];
    uint64_t file;
    if (!of(fd, path, &file)) {
        return real(fd);
    }
    pthread_mutex_lock(&mutex);
    uint64_t after = operations;
    pthread_mutex_unlock(&mutex);
    int result = real(fd);
    if (result == 0) {
        pthread_mutex_lock(&mutex);
        record(SYNC, file, 0, 0, after, path, NULL);
        pthread_mutex_unlock(&mutex);
    }
    return result;
}

int fsync(int fd) {
    REAL("fsync", int (*)(int));
    return synced(real, fd);
}

int fdatasync(int fd) {
    REAL("fdatasync", int (*)(int));
    return synced(real, fd);
}

int unlink(const char *path) {
    REAL("unlink", int (*)(const char *));
    if (!within(path)) {
        return real(path);
    }
    pthread_mutex_lock(&mutex);
    int result = real(path);
    if (result == 0) {
        record(UNLINK, 0, 0, 0, 0, path, NULL);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

int rename(const char *from, const char *to) {
    REAL("rename", int (*)(const char *, const char *));
    if (!within(to)) {
        return real(from, to);
    }
    pthread_mutex_lock(&mutex);
    int result = real(from, to);
    if (result == 0) {
        record(RENAME, 0, 0, strlen(to), 0, from, to);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    if (!(flags & O_CREAT) || !within(path)) {
        return (int) syscall(SYS_openat, at, path, flags, mode);
    }
    pthread_mutex_lock(&mutex);
    int fd = (int) syscall(SYS_openat, at, path, flags, mode);
    struct stat found;
    if (fd >= 0 && fstat(fd, &found) == 0) {
        record(CREATE, found.st_ino, 0, 0, 0, path, NULL);
    }
    pthread_mutex_unlock(&mutex);
    return fd;
}

#define MODE mode_t mode = 0; if (flags & O_CREAT) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return opened(at, path, flags | O_LARGEFILE, mode); }
