// The few calls of glibc, Linux and the processor that Swift cannot see.
#ifndef TRADINGD_CLINUX_H
#define TRADINGD_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

/// Who connected a Unix-domain stream socket, as the kernel noted it at connect time (SO_PEERCRED).
///
/// Returns 0, or -1 with errno set.
int tradingd_peer_credentials(int fd, pid_t *pid, uid_t *uid, gid_t *gid);

/// The supplementary groups of the peer at connect time (SO_PEERGROUPS, Linux 4.13).
///
/// `count` is the room in `groups` on entry and the number of groups on return. Returns 0, or -1 with errno
/// set; ERANGE means too little room, and `count` then says how much is needed.
int tradingd_peer_groups(int fd, gid_t *groups, unsigned int *count);

/// Accepts a connection as a non-blocking socket that is closed on exec (accept4).
///
/// Returns the socket, or -1 with errno set.
int tradingd_accept(int fd);

/// Takes room for the first `bytes` of a file without changing its size (fallocate with FALLOC_FL_KEEP_SIZE).
///
/// Returns 0 or an errno.
int tradingd_reserve(int fd, off_t bytes);

/// Names the calling thread for `ps -L` and the debugger; longer names are cut to 15 bytes.
///
/// Returns 0, or an error number.
int tradingd_name_thread(const char *name);

/// Lets the calling thread, and what it starts, run on every processor (sched_setaffinity); `before` takes up to `size` bytes of
/// the mask that it had.
///
/// Returns 0, or -1 with errno set.
int tradingd_use_all_cores(void *before, size_t size);

/// Goes back to such a mask.
///
/// Returns 0, or -1 with errno set.
int tradingd_use_cores(const void *mask, size_t size);

/// Has the kernel run the calling thread soon after it wakes: a short time slice, which needs no privilege and which kernels
/// before 6.12 ignore, and niceness `nice` where it is allowed and would be an improvement (sched_setattr, setpriority).
///
/// Returns the niceness that the thread has now.
int tradingd_hurry_thread(int nice, uint64_t slice_nanoseconds);

/// CRC-32C of `count` bytes that follow those with the checksum `crc` (0 at the start), by the processor's own
/// instruction where it has one.
uint32_t tradingd_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same without that instruction; for comparison.
uint32_t tradingd_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// A SHA-256 under way: a plain value, to be copied at will. `rest` holds the last `count` modulo 64 bytes.
struct tradingd_sha256 {
    uint64_t count;
    uint32_t state[8];
    uint8_t rest[64];
};

/// Begins the SHA-256 of nothing.
void tradingd_sha256_begin(struct tradingd_sha256 *hash);

/// Takes in bytes behind those taken in before, by the processor's own instructions where it has them.
void tradingd_sha256_update(struct tradingd_sha256 *hash, const void *bytes, size_t count);

/// Takes the same bytes into two hashes, which takes hardly longer than one where the processor has instructions for it.
void tradingd_sha256_update_both(
    struct tradingd_sha256 *hash, struct tradingd_sha256 *other, const void *bytes, size_t count);

/// The hash of everything taken in so far; more may follow.
void tradingd_sha256_end(const struct tradingd_sha256 *hash, uint8_t digest[32]);

/// SHA-256 of one piece of memory without those instructions; for comparison.
void tradingd_sha256_portable(const void *bytes, size_t count, uint8_t digest[32]);

/// A file in memory that is closed on exec and may be sealed (memfd_create).
///
/// Returns its descriptor, or -1 with errno set.
int tradingd_memory_file(const char *name);

/// Makes the content of a memory file final, as journald wants it (F_ADD_SEALS).
///
/// Returns 0, or -1 with errno set.
int tradingd_seal(int fd);

/// What the kernel knows of the wall clock (clock_adjtime without a change): whether something keeps it synchronised, and its
/// greatest error in microseconds.
///
/// Returns 0, or -1 with errno set.
int tradingd_clock_quality(int *is_synchronised, long *error_microseconds);

/// Sends a descriptor as a message of its own over a connected socket, without waiting (SCM_RIGHTS).
///
/// Returns 0, or -1 with errno set.
int tradingd_send_descriptor(int socket, int fd);

#endif
