#include "CReference.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { ring_slots = 1024, ring_batch = 16, longest_line = 4096 };

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

int reference_append(const char *path, size_t length, size_t count, int is_durable) {
    static char line[longest_line];
    if (length == 0 || length > sizeof line) return -1;
    memset(line, 'x', length - 1);
    line[length - 1] = '\n';
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    int result = 0;
    for (size_t index = 0; index < count && result == 0; index++) {
        if (write(file, line, length) != (ssize_t)length) result = -1;
        if (is_durable && fdatasync(file) != 0) result = -1;
    }
    close(file);
    return result;
}
