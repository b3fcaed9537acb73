#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

int tradingd_peer_credentials(int fd, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

int tradingd_peer_groups(int fd, gid_t *groups, unsigned int *count) {
    socklen_t length = *count * sizeof(gid_t);
    int result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length);
    *count = length / sizeof(gid_t);
    return result;
}

int tradingd_accept(int fd) {
    return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int tradingd_reserve(int fd, off_t bytes) {
    return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0 ? 0 : errno;
}

int tradingd_name_thread(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = 0;
    return pthread_setname_np(pthread_self(), cut);
}

// As the kernel has it since 3.14; glibc has it only since 2.41.
struct tradingd_sched_attr {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

int tradingd_hurry_thread(int nice, uint64_t slice_nanoseconds) {
    int now = getpriority(PRIO_PROCESS, 0);
    // Of a thread and not of the process: Linux keeps niceness a thread.
    if (nice < now && setpriority(PRIO_PROCESS, 0, nice) == 0) now = nice;
    struct tradingd_sched_attr wish = {
        .size = sizeof wish, .policy = SCHED_OTHER, .nice = now, .runtime = slice_nanoseconds,
        // Threads that a library makes from here, such as Dispatch's workers, are as others are.
        .flags = 1 /* SCHED_FLAG_RESET_ON_FORK */};
    // Refused (an old kernel, a filter of system calls): the slice stays as it was.
    (void)syscall(SYS_sched_setattr, 0, &wish, 0);
    return now;
}

int tradingd_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int tradingd_seal(int fd) {
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

int tradingd_send_descriptor(int socket, int fd) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

int tradingd_clock_quality(int *is_synchronised, long *error_microseconds) {
    struct timex reading = {0};
    int state = clock_adjtime(CLOCK_REALTIME, &reading);
    if (state == -1) return -1;
    *is_synchronised = state != TIME_ERROR && (reading.status & STA_UNSYNC) == 0;
    *error_microseconds = reading.maxerror;
    return 0;
}

int tradingd_use_all_cores(void *before, size_t size) {
    if (sched_getaffinity(0, size, before) != 0) return -1;
    // The kernel leaves out those that there are not, or that we may not have.
    cpu_set_t every;
    memset(&every, 0xFF, sizeof every);
    return sched_setaffinity(0, sizeof every, &every);
}

int tradingd_use_cores(const void *mask, size_t size) { return sched_setaffinity(0, size, mask); }
