#include "CReference.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int64_t time, bid, ask, bid_size, ask_size;
    uint64_t sequence;
} quote;

enum { block = 65536, longest_row = 1024, batch_size = 256 };

typedef struct {
    const char *symbol;
    size_t symbol_length;
    char day[10]; // the day whose first nanosecond is `midnight`
    int64_t midnight;
} context;

static const int64_t powers[10] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

// A decimal at 1e-9; NULL when there is none or it has more than nine digits after the point.
static inline const char *decimal(const char *at, int64_t *value) {
    int is_negative = *at == '-';
    at += is_negative;
    const char *start = at;
    int64_t number = 0;
    while ((unsigned)(*at - '0') < 10) number = number * 10 + (*at++ - '0');
    if (at == start) return NULL;
    int64_t fraction = 0;
    long digits = 0;
    if (*at == '.') {
        start = ++at;
        while ((unsigned)(*at - '0') < 10) fraction = fraction * 10 + (*at++ - '0');
        digits = at - start;
        if (digits == 0 || digits > 9) return NULL;
    }
    number = number * powers[9] + fraction * powers[9 - digits];
    *value = is_negative ? -number : number;
    return at;
}

static inline const char *integer(const char *at, uint64_t *value) {
    const char *start = at;
    uint64_t number = 0;
    while ((unsigned)(*at - '0') < 10) number = number * 10 + (uint64_t)(*at++ - '0');
    *value = number;
    return at == start ? NULL : at;
}

static int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static inline int two(const char *at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

// YYYY-MM-DDTHH:MM:SS[.fraction]Z
static inline const char *timestamp(const char *at, context *known, int64_t *value) {
    if (memcmp(at, known->day, 10) != 0) {
        if (at[4] != '-' || at[7] != '-') return NULL;
        memcpy(known->day, at, 10);
        known->midnight =
            days_from_civil(two(at) * 100 + two(at + 2), two(at + 5), two(at + 8)) * 86400 * powers[9];
    }
    if (at[10] != 'T' || at[13] != ':' || at[16] != ':') return NULL;
    int64_t seconds = two(at + 11) * 3600 + two(at + 14) * 60 + two(at + 17);
    at += 19;
    int64_t fraction = 0;
    long digits = 0;
    if (*at == '.') {
        const char *start = ++at;
        while ((unsigned)(*at - '0') < 10) fraction = fraction * 10 + (*at++ - '0');
        digits = at - start;
        if (digits > 9) return NULL;
    }
    if (*at != 'Z') return NULL;
    *value = known->midnight + seconds * powers[9] + fraction * powers[9 - digits];
    return at + 1;
}

static inline const char *size_or_nothing(const char *at, int64_t *value) {
    *value = 0;
    return *at == ',' ? at : decimal(at, value);
}

static inline const char *literal(const char *at, const char *text, size_t length) {
    return at != NULL && memcmp(at, text, length) == 0 ? at + length : NULL;
}

#define LITERAL(text) literal(at, text, sizeof text - 1)
#define STEP(call)                \
    do {                          \
        at = call;                \
        if (at == NULL) return 0; \
    } while (0)

static inline int csv_row(const char *at, context *known, quote *row) {
    STEP(timestamp(at, known, &row->time));
    STEP(LITERAL(","));
    STEP(literal(at, known->symbol, known->symbol_length));
    STEP(LITERAL(","));
    STEP(decimal(at, &row->bid));
    STEP(LITERAL(","));
    STEP(decimal(at, &row->ask));
    STEP(LITERAL(","));
    STEP(size_or_nothing(at, &row->bid_size));
    STEP(LITERAL(","));
    STEP(size_or_nothing(at, &row->ask_size));
    STEP(LITERAL(","));
    STEP(integer(at, &row->sequence));
    return *at == '\n';
}

static inline int ndjson_row(const char *at, context *known, quote *row) {
    STEP(LITERAL("{\"type\":\"tick\",\"seq\":"));
    STEP(integer(at, &row->sequence));
    STEP(LITERAL(",\"ts\":\""));
    STEP(timestamp(at, known, &row->time));
    STEP(LITERAL("\",\"symbol\":\""));
    STEP(literal(at, known->symbol, known->symbol_length));
    STEP(LITERAL("\",\"bid\":"));
    STEP(decimal(at, &row->bid));
    STEP(LITERAL(",\"ask\":"));
    STEP(decimal(at, &row->ask));
    STEP(LITERAL(",\"bid_size\":"));
    STEP(decimal(at, &row->bid_size));
    STEP(LITERAL(",\"ask_size\":"));
    STEP(decimal(at, &row->ask_size));
    STEP(LITERAL("}"));
    return *at == '\n';
}

// The receiver of a batch: sums, so that no value can be left out.
static void take(const quote *batch, size_t count, reference_quote_sums *sums) {
    for (size_t index = 0; index < count; index++) {
        sums->times += (uint64_t)batch[index].time;
        sums->bids += (uint64_t)batch[index].bid;
        sums->asks += (uint64_t)batch[index].ask;
        sums->bid_sizes += (uint64_t)batch[index].bid_size;
        sums->ask_sizes += (uint64_t)batch[index].ask_size;
        sums->sequences += batch[index].sequence;
    }
    sums->rows += count;
}

typedef int (*row_parser)(const char *, context *, quote *);

static inline __attribute__((always_inline)) int parse(
    int file, int has_header, context *known, reference_quote_sums *sums, row_parser parser) {
    // Rows are parsed only when complete, and the room behind them lets a bad row run into zeros.
    static char buffer[block + 2 * longest_row];
    static quote batch[batch_size];
    size_t kept = 0;
    size_t rows = 0;
    for (;;) {
        ssize_t length = read(file, buffer + kept, block);
        if (length < 0) return -1;
        if (length == 0) break;
        char *end = buffer + kept + length;
        memset(end, 0, longest_row);
        char *at = buffer;
        char *newline;
        while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
            if (has_header) {
                has_header = 0;
            } else {
                if (!parser(at, known, &batch[rows])) return -1;
                if (++rows == batch_size) {
                    take(batch, rows, sums);
                    rows = 0;
                }
            }
            at = newline + 1;
        }
        kept = (size_t)(end - at);
        if (kept > longest_row) return -1;
        memmove(buffer, at, kept);
    }
    take(batch, rows, sums);
    return kept == 0 ? 0 : -1;
}

static context known_symbol(const char *symbol) {
    context known = {symbol, strlen(symbol), {0}, 0};
    return known;
}

int reference_parse_csv(const char *path, const char *symbol, reference_quote_sums *sums) {
    context known = known_symbol(symbol);
    memset(sums, 0, sizeof *sums);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    int result = parse(file, 1, &known, sums, csv_row);
    close(file);
    return result;
}

int reference_parse_ndjson(const char *path, const char *symbol, reference_quote_sums *sums) {
    context known = known_symbol(symbol);
    memset(sums, 0, sizeof *sums);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    int result = parse(file, 0, &known, sums, ndjson_row);
    close(file);
    return result;
}
