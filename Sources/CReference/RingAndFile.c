// For fallocate.
#define _GNU_SOURCE
#include "CReference.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { ring_slots = 1024, ring_batch = 16, longest_line = 4096, longest_group = 4096 * 1024 };

typedef struct {
    uint64_t words[8];
} element;

static element slots[ring_slots];
static _Alignas(64) atomic_size_t head;
static _Alignas(64) atomic_size_t tail;

static __attribute__((noinline)) size_t push(const element *batch, size_t count) {
    size_t at = atomic_load_explicit(&tail, memory_order_relaxed);
    size_t room = ring_slots - (at - atomic_load_explicit(&head, memory_order_acquire));
    if (count > room) count = room;
    for (size_t index = 0; index < count; index++) slots[(at + index) % ring_slots] = batch[index];
    atomic_store_explicit(&tail, at + count, memory_order_release);
    return count;
}

static __attribute__((noinline)) size_t pop(element *batch, size_t count) {
    size_t at = atomic_load_explicit(&head, memory_order_relaxed);
    size_t waiting = atomic_load_explicit(&tail, memory_order_acquire) - at;
    if (count > waiting) count = waiting;
    for (size_t index = 0; index < count; index++) batch[index] = slots[(at + index) % ring_slots];
    atomic_store_explicit(&head, at + count, memory_order_release);
    return count;
}

uint64_t reference_ring_run(size_t batches) {
    element in[ring_batch];
    element out[ring_batch];
    memset(in, 0, sizeof in);
    uint64_t sum = 0;
    for (size_t batch = 0; batch < batches; batch++) {
        for (size_t index = 0; index < ring_batch; index++) in[index].words[0] = batch * ring_batch + index;
        push(in, ring_batch);
        size_t count = pop(out, ring_batch);
        for (size_t index = 0; index < count; index++) sum += out[index].words[0];
    }
    return sum;
}

int reference_append_open(const char *path, size_t reserved) {
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    // Room beforehand is a help, not a need: a file system that cannot give it is no fault.
    if (file >= 0 && reserved > 0) (void)fallocate(file, FALLOC_FL_KEEP_SIZE, 0, (off_t)reserved);
    return file;
}

static int append_group(int file, const char *line, size_t length, size_t count, int is_gathered) {
    static char gathered[longest_group];
    if (!is_gathered) {
        for (size_t index = 0; index < count; index++)
            if (write(file, line, length) != (ssize_t)length) return -1;
        return 0;
    }
    if (length * count > sizeof gathered) return -1;
    for (size_t index = 0; index < count; index++) memcpy(gathered + index * length, line, length);
    return write(file, gathered, length * count) == (ssize_t)(length * count) ? 0 : -1;
}

int reference_append(
    int file, size_t length, size_t groups, size_t group, int is_gathered, int is_durable) {
    static char line[longest_line];
    if (length == 0 || length > sizeof line) return -1;
    memset(line, 'x', length - 1);
    line[length - 1] = '\n';
    for (size_t index = 0; index < groups; index++) {
        if (append_group(file, line, length, group, is_gathered) != 0) return -1;
        if (is_durable && fdatasync(file) != 0) return -1;
    }
    return 0;
}
