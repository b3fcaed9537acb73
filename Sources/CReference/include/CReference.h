// Plain C that does what our parts do: what this machine can do, measured in the same run.
#ifndef TRADINGD_C_REFERENCE_H
#define TRADINGD_C_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

// MARK: Ladder

typedef struct {
    uint8_t side;      // 0 bid, 1 ask
    uint8_t operation; // 0 insert, 1 update, 2 delete
    uint16_t position; // from 0, the best
    int64_t price;     // 1e-9
    int64_t size;      // 1e-9
} reference_depth_operation;

typedef struct {
    int64_t price;
    int64_t size;
} reference_row;

typedef struct {
    int count;
    reference_row rows[10];
} reference_side;

typedef struct {
    reference_side sides[2];
} reference_ladder;

/// Applies the operations in order; returns how many pointed outside the ladder and changed nothing.
uint64_t reference_ladder_apply(
    reference_ladder *ladder, const reference_depth_operation *operations, size_t count);

typedef struct {
    uint64_t micro_prices; // wrapping sum of micro-prices in 1e-9, half to even
    double imbalances;     // sum of (bid size − ask size) ÷ (bid size + ask size) at the touch
} reference_judgement;

/// The same, and after each operation micro-price and imbalance where the touch is not crossed.
uint64_t reference_ladder_judge(
    reference_ladder *ladder, const reference_depth_operation *operations, size_t count,
    reference_judgement *judgement);

/// The same, and after every `batch` operations, above 0, a look at the top: adds price and size of both best rows to `seen`.
uint64_t reference_ladder_watch(
    reference_ladder *ladder, const reference_depth_operation *operations, size_t count, size_t batch,
    uint64_t *seen);

// MARK: Quotes from text

typedef struct {
    uint64_t rows;
    uint64_t times; // all sums wrap
    uint64_t bids;
    uint64_t asks;
    uint64_t bid_sizes;
    uint64_t ask_sizes;
    uint64_t sequences;
} reference_quote_sums;

/// Reads `ts,symbol,bid,ask,bid_size,ask_size,seq` after one header line. Returns 0, or -1 for a file it cannot read.
int reference_parse_csv(const char *path, const char *symbol, reference_quote_sums *sums);

/// Reads tick lines with their keys in the known order. Returns 0, or -1 for a file it cannot read.
int reference_parse_ndjson(const char *path, const char *symbol, reference_quote_sums *sums);

// MARK: Engines

typedef struct {
    uint8_t kind;      // 0 tick, 1 trade, 2 row operation
    uint8_t side;      // of a row operation; of a trade 0 buy, 1 sell, 2 unknown
    uint8_t operation; // of a row operation
    uint16_t position; // of a row operation
    int64_t time;      // ns since 1970 UTC
    uint64_t sequence;
    int64_t price; // or bid
    int64_t size;  // or bid size
    int64_t ask;
    int64_t ask_size;
} reference_event;

typedef struct reference_engines reference_engines;

/// Ladder, bars by aggressor, tape of `tape_capacity` prints (a power of two), volume by price; NULL without memory.
reference_engines *reference_engines_create(int64_t bar_nanoseconds, size_t tape_capacity);
void reference_engines_destroy(reference_engines *engines);
void reference_engines_handle(reference_engines *engines, const reference_event *events, size_t count);
void reference_engines_push_tape(reference_engines *engines, const reference_event *trades, size_t count);

typedef struct {
    uint64_t cumulative_delta; // low 64 bits of each sum in 1e-9
    uint64_t volume;
    uint64_t notional; // low 64 bits of the sum of price · size, 1e-18
    uint64_t trades;
    uint64_t footprint_rows;
    uint64_t footprint_volume;
    uint64_t ladder; // sum over rows of (position + 1) · (price + size)
} reference_engine_state;

reference_engine_state reference_engines_state(const reference_engines *engines);

// MARK: Ring and files

/// Passes `batches` batches of 16 elements of 64 bytes through a single-producer ring; returns the sum of what came out.
uint64_t reference_ring_run(size_t batches);

/// Makes an empty file to append to, with room taken for `reserved` bytes. Returns its descriptor or -1.
int reference_append_open(const char *path, size_t reserved);

/// Appends `groups` groups of `group` lines of `length` bytes, each line, or each group if `is_gathered`, by one `write`;
/// one `fdatasync` after each group if `is_durable`. Returns 0 or -1.
int reference_append(
    int file, size_t length, size_t groups, size_t group, int is_gathered, int is_durable);

// MARK: Messages of the TWS socket

typedef struct {
    uint64_t messages;
    uint64_t requests; // all sums wrap
    uint64_t times;
    uint64_t prices;  // 1e-9
    uint64_t sizes;   // 1e-9
    uint64_t numbers; // masks, positions, operations, sides, flags
    uint64_t texts;   // first bytes, and lengths
} reference_wire_sums;

/// Parses frames of tick-by-tick quotes and trades and of depth with market makers; -1 when one is anything else.
int reference_wire_parse(const uint8_t *bytes, size_t count, reference_wire_sums *sums);

/// Receives from a blocking socket until so many such messages have come, others passed over. By one thread at a time.
///
/// Returns the nanoseconds from the first byte to the end, or -1.
int64_t reference_wire_receive(int socket, uint64_t messages, reference_wire_sums *sums);

/// A trader in its shortest form: blocking read, parse the quote, write the order where `triggers` says so, for so many
/// quotes. Returns 0 or -1; `sum` gets the sum of what was parsed.
int reference_trade(
    int socket, const uint8_t *triggers, size_t ticks, const uint8_t *order, size_t size, int64_t *sum);

/// Lets this thread, and those it starts from now on, run on every core. Returns how many there are, or -1.
int reference_use_all_cores(void);

#endif
