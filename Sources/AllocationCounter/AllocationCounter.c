#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The allocator of glibc by its own names: no dlsym, which allocates itself.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static atomic_uint_fast64_t calls;
static atomic_uint_fast64_t bytes;
static atomic_uint_fast64_t frees;
static char report_path[PATH_MAX];

static void count(size_t size) {
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void *malloc(size_t size) {
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(number * size);
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    count(size);
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    count(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
    count(size);
    void *block = __libc_memalign(alignment, size);
    if (block == NULL) return ENOMEM;
    *result = block;
    return 0;
}

void free(void *block) {
    if (block != NULL) atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
    __libc_free(block);
}

uint64_t allocation_counter_calls(void) { return atomic_load_explicit(&calls, memory_order_relaxed); }

uint64_t allocation_counter_bytes(void) { return atomic_load_explicit(&bytes, memory_order_relaxed); }

uint64_t allocation_counter_frees(void) { return atomic_load_explicit(&frees, memory_order_relaxed); }

void allocation_counter_allocate_once(uintptr_t size) {
    void *volatile block = malloc(size);
    free(block);
}

// Peak resident memory in KiB; 0 where the kernel does not say. The peak that wait4 gives would include the parent's.
static long peak_rss(void) {
    char text[4096];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    const char *line = strstr(text, "VmHWM:");
    return line == NULL ? 0 : strtol(line + 6, NULL, 10);
}

// The program may change its environment later.
__attribute__((constructor)) static void remember_report_path(void) {
    const char *path = getenv("TRADINGD_ALLOCATIONS");
    if (path != NULL && strlen(path) < sizeof report_path) strcpy(report_path, path);
}

__attribute__((destructor)) static void write_report(void) {
    if (report_path[0] == 0) return;
    unsigned long long seen_calls = allocation_counter_calls();
    unsigned long long seen_bytes = allocation_counter_bytes();
    unsigned long long seen_frees = allocation_counter_frees();
    char line[128];
    int length = snprintf(
        line, sizeof line, "%llu %llu %llu %ld\n", seen_calls, seen_bytes, seen_frees, peak_rss());
    int file = open(report_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (write(file, line, (size_t)length) != length) unlink(report_path);
    close(file);
}
