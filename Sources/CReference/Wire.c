#define _GNU_SOURCE
#include "CReference.h"

#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A hand-written parser of three messages: it knows each message's fields, reads them in one pass and checks what a
// careful reader must: digits, ends of fields, ends of messages, lengths.

typedef struct {
    const unsigned char *at;
    const unsigned char *end; // behind the message's last NUL
    int is_faulty;
} reader;

static const int64_t powers[10] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

static inline int64_t integer(reader *in) {
    const unsigned char *at = in->at;
    if (at >= in->end) {
        in->is_faulty = 1;
        return 0;
    }
    int is_negative = *at == '-';
    at += is_negative;
    const unsigned char *start = at;
    int64_t number = 0;
    while ((unsigned)(*at - '0') < 10) number = (int64_t)((uint64_t)number * 10 + (*at++ - '0'));
    if (*at != 0 || at - start > 18 || (at == start && is_negative)) in->is_faulty = 1;
    in->at = at + 1;
    return is_negative ? -number : number;
}

static inline int64_t decimal(reader *in) {
    const unsigned char *at = in->at;
    if (at >= in->end) {
        in->is_faulty = 1;
        return 0;
    }
    int is_negative = *at == '-';
    at += is_negative;
    const unsigned char *start = at;
    uint64_t number = 0;
    while ((unsigned)(*at - '0') < 10) number = number * 10 + (*at++ - '0');
    long whole = at - start, decimals = 0;
    if (*at == '.') {
        start = ++at;
        while ((unsigned)(*at - '0') < 10) number = number * 10 + (*at++ - '0');
        decimals = at - start;
    }
    if (*at != 0 || whole < 1 || whole > 9 || decimals > 9) {
        in->is_faulty = 1;
        return 0;
    }
    in->at = at + 1;
    int64_t value = (int64_t)(number * (uint64_t)powers[9 - decimals]);
    return is_negative ? -value : value;
}

typedef struct {
    char bytes[15];
    uint8_t count;
} short_text;

static inline short_text text(reader *in) {
    short_text value = {0};
    const unsigned char *at = in->at;
    if (at >= in->end) {
        in->is_faulty = 1;
        return value;
    }
    while (*at != 0) {
        if (value.count < sizeof value.bytes) value.bytes[value.count++] = (char)*at;
        at++;
    }
    in->at = at + 1;
    return value;
}

// The first byte, 0 without one, and the number of bytes.
static inline uint64_t digest(const short_text *value) { return (unsigned char)value->bytes[0] + (uint64_t)value->count; }

static inline void parse_tick(reader *in, reference_wire_sums *sums) {
    int64_t request = integer(in), kind = integer(in), time = integer(in);
    sums->requests += (uint64_t)request;
    sums->times += (uint64_t)time;
    if (kind == 3) {
        int64_t bid = decimal(in), ask = decimal(in), bid_size = decimal(in), ask_size = decimal(in);
        int64_t mask = integer(in);
        sums->prices += (uint64_t)bid + (uint64_t)ask;
        sums->sizes += (uint64_t)bid_size + (uint64_t)ask_size;
        sums->numbers += (uint64_t)mask;
    } else if (kind == 1 || kind == 2) {
        int64_t price = decimal(in), size = decimal(in), mask = integer(in);
        short_text exchange = text(in), conditions = text(in);
        sums->prices += (uint64_t)price;
        sums->sizes += (uint64_t)size;
        sums->numbers += (uint64_t)mask;
        sums->texts += digest(&exchange) + digest(&conditions);
    } else {
        in->is_faulty = 1;
    }
}

static inline void parse_depth(reader *in, reference_wire_sums *sums) {
    integer(in); // version
    int64_t request = integer(in), position = integer(in);
    short_text maker = text(in);
    int64_t operation = integer(in), side = integer(in), price = decimal(in), size = decimal(in);
    int64_t is_smart = integer(in);
    sums->requests += (uint64_t)request;
    sums->prices += (uint64_t)price;
    sums->sizes += (uint64_t)size;
    sums->numbers += (uint64_t)position + (uint64_t)operation + (uint64_t)side + (uint64_t)is_smart;
    sums->texts += digest(&maker);
}

static inline void parse_plain_depth(reader *in, reference_wire_sums *sums) {
    integer(in); // version
    int64_t request = integer(in), position = integer(in), operation = integer(in), side = integer(in);
    int64_t price = decimal(in), size = decimal(in);
    sums->requests += (uint64_t)request;
    sums->prices += (uint64_t)price;
    sums->sizes += (uint64_t)size;
    sums->numbers += (uint64_t)position + (uint64_t)operation + (uint64_t)side;
}

// Parses the frames that are whole; the number of bytes they took, or -1. Other messages count as faults, or not at all.
static int64_t parse_frames(const uint8_t *bytes, size_t count, int skips_others, reference_wire_sums *sums) {
    size_t at = 0;
    while (count - at >= 4) {
        size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 | (size_t)bytes[at + 2] << 8
            | (size_t)bytes[at + 3];
        if (length > 0xFFFFFF) return -1;
        if (count - at - 4 < length) break;
        at += 4;
        reader in = {bytes + at, bytes + at + length, 0};
        at += length;
        if (length == 0 || in.end[-1] != 0) return -1;
        switch (integer(&in)) {
        case 99: parse_tick(&in, sums); break;
        case 12: parse_plain_depth(&in, sums); break;
        case 13: parse_depth(&in, sums); break;
        default:
            if (skips_others) continue;
            return -1;
        }
        if (in.is_faulty) return -1;
        sums->messages++;
    }
    return (int64_t)at;
}

int reference_wire_parse(const uint8_t *bytes, size_t count, reference_wire_sums *sums) {
    return parse_frames(bytes, count, 0, sums) < 0 ? -1 : 0;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int64_t reference_wire_receive(int socket, uint64_t messages, reference_wire_sums *sums) {
    static uint8_t room[1 << 17];
    size_t held = 0;
    uint64_t start = 0;
    while (sums->messages < messages) {
        ssize_t count = recv(socket, room + held, sizeof room - held, 0);
        if (count <= 0) return -1;
        if (start == 0) start = now();
        if (now() - start > 60000000000u) return -1;
        held += (size_t)count;
        int64_t taken = parse_frames(room, held, 1, sums);
        if (taken < 0 || (taken == 0 && held == sizeof room)) return -1;
        held -= (size_t)taken;
        memmove(room, room + taken, held);
    }
    return (int64_t)(now() - start);
}

// The fields of a quote, as a trader needs them.
typedef struct {
    int64_t bid, ask, bid_size, ask_size;
} quote;

// Reads one tick-by-tick quote; 0 when it is one.
static int read_quote(const uint8_t *message, size_t length, quote *to) {
    reader in = {message, message + length, 0};
    if (length == 0 || in.end[-1] != 0 || integer(&in) != 99) return -1;
    integer(&in);
    if (integer(&in) != 3) return -1;
    integer(&in);
    *to = (quote){decimal(&in), decimal(&in), decimal(&in), decimal(&in)};
    integer(&in);
    return in.is_faulty ? -1 : 0;
}

int reference_trade(
    int socket, const uint8_t *triggers, size_t ticks, const uint8_t *order, size_t size, int64_t *sum) {
    uint8_t room[1 << 16];
    size_t held = 0, tick = 0;
    while (tick < ticks) {
        ssize_t count = recv(socket, room + held, sizeof room - held, 0);
        if (count <= 0) return -1;
        held += (size_t)count;
        size_t at = 0;
        while (held - at >= 4 && tick < ticks) {
            size_t length = (size_t)room[at] << 24 | (size_t)room[at + 1] << 16 | (size_t)room[at + 2] << 8
                | (size_t)room[at + 3];
            if (length > sizeof room - 4) return -1;
            if (held - at - 4 < length) break;
            quote quote;
            // What is no quote, such as the report of a fill, is passed over.
            if (read_quote(room + at + 4, length, &quote) == 0) {
                *sum += quote.bid + quote.ask + quote.bid_size + quote.ask_size;
                if (triggers[tick] && send(socket, order, size, MSG_NOSIGNAL) != (ssize_t)size) return -1;
                tick++;
            }
            at += 4 + length;
        }
        held -= at;
        memmove(room, room + at, held);
    }
    return 0;
}

int reference_use_all_cores(void) {
    cpu_set_t all;
    CPU_ZERO(&all);
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    for (long core = 0; core < count && core < CPU_SETSIZE; core++) CPU_SET((size_t)core, &all);
    if (sched_setaffinity(0, sizeof all, &all) != 0) return -1;
    return sched_getaffinity(0, sizeof all, &all) == 0 ? CPU_COUNT(&all) : -1;
}
