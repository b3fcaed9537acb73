#include "CReference.h"

#include <stdlib.h>
#include <string.h>

typedef __int128 sum;

enum { ladder_capacity = 64, footprint_capacity = 8192 };

typedef struct {
    int count;
    reference_row rows[ladder_capacity];
} deep_side;

typedef struct {
    int64_t start, open, high, low, close;
    sum buy, sell, unknown, least, greatest, cumulative;
    uint64_t trades[3];
    uint64_t first_sequence, last_sequence;
} bar;

typedef struct {
    uint64_t sequence;
    int64_t time, price, size;
    uint8_t aggressor;
} print;

typedef struct {
    int64_t price;
    sum volumes[3];
    uint32_t trades;
} footprint_row;

struct reference_engines {
    int64_t interval;
    deep_side sides[2];
    reference_event quote;
    uint64_t last_sequence;
    // Bars by aggressor.
    bar current;
    sum cumulative;
    uint64_t closed_bars;
    // Tape.
    print *prints;
    size_t mask, pushed;
    uint64_t tape_trades[3];
    sum tape_volumes[3];
    sum notional;
    int64_t first, last, high, low;
    // Volume by price.
    footprint_row *rows;
    size_t row_count, last_row;
    int64_t footprint_start;
};

reference_engines *reference_engines_create(int64_t bar_nanoseconds, size_t tape_capacity) {
    reference_engines *engines = calloc(1, sizeof *engines);
    if (engines == NULL) return NULL;
    engines->interval = bar_nanoseconds;
    engines->mask = tape_capacity - 1;
    engines->prints = calloc(tape_capacity, sizeof *engines->prints);
    engines->rows = calloc(footprint_capacity + 1, sizeof *engines->rows);
    if (engines->prints != NULL && engines->rows != NULL) return engines;
    reference_engines_destroy(engines);
    return NULL;
}

void reference_engines_destroy(reference_engines *engines) {
    if (engines == NULL) return;
    free(engines->prints);
    free(engines->rows);
    free(engines);
}

static inline void change_ladder(deep_side *side, const reference_event *event) {
    int position = event->position;
    reference_row row = {event->price, event->size};
    if (event->operation == 2) {
        if (position >= side->count) return;
        side->count--;
        memmove(&side->rows[position], &side->rows[position + 1],
            (size_t)(side->count - position) * sizeof row);
        return;
    }
    if (position > side->count || position >= ladder_capacity) return;
    if (event->operation == 0) {
        if (side->count < ladder_capacity) side->count++;
        memmove(&side->rows[position + 1], &side->rows[position],
            (size_t)(side->count - position - 1) * sizeof row);
    } else if (position == side->count) {
        side->count++;
    }
    side->rows[position] = row;
}

static inline void push_tape(reference_engines *engines, const reference_event *event) {
    print *slot = &engines->prints[engines->pushed++ & engines->mask];
    slot->sequence = event->sequence;
    slot->time = event->time;
    slot->price = event->price;
    slot->size = event->size;
    slot->aggressor = event->side;
    engines->tape_trades[event->side]++;
    engines->tape_volumes[event->side] += event->size;
    engines->notional += (sum)event->price * event->size;
    if (engines->pushed == 1) {
        engines->first = engines->high = engines->low = event->price;
    } else {
        if (event->price > engines->high) engines->high = event->price;
        if (event->price < engines->low) engines->low = event->price;
    }
    engines->last = event->price;
}

static inline void add_to_bar(reference_engines *engines, const reference_event *event, int64_t start) {
    bar *current = &engines->current;
    uint64_t trades = current->trades[0] + current->trades[1] + current->trades[2];
    if (trades > 0 && start > current->start) {
        engines->closed_bars++;
        trades = 0;
    }
    if (trades == 0) {
        memset(current, 0, sizeof *current);
        current->start = start;
        current->open = current->high = current->low = event->price;
        current->first_sequence = event->sequence;
    }
    if (event->price > current->high) current->high = event->price;
    if (event->price < current->low) current->low = event->price;
    current->close = event->price;
    current->last_sequence = event->sequence;
    current->trades[event->side]++;
    if (event->side == 0) current->buy += event->size;
    else if (event->side == 1) current->sell += event->size;
    else current->unknown += event->size;
    sum delta = current->buy - current->sell;
    if (trades == 0 || delta > current->greatest) current->greatest = delta;
    if (trades == 0 || delta < current->least) current->least = delta;
    engines->cumulative += event->side == 0 ? event->size : event->side == 1 ? -event->size : 0;
    current->cumulative = engines->cumulative;
}

static inline size_t row_of(reference_engines *engines, int64_t price) {
    footprint_row *rows = engines->rows;
    size_t row = engines->last_row;
    while (row < engines->row_count && rows[row].price < price) row++;
    while (row > 0 && rows[row - 1].price >= price) row--;
    if (row == engines->row_count || rows[row].price != price) {
        if (engines->row_count == footprint_capacity) return row;
        memmove(&rows[row + 1], &rows[row], (engines->row_count - row) * sizeof *rows);
        memset(&rows[row], 0, sizeof *rows);
        rows[row].price = price;
        engines->row_count++;
    }
    return row;
}

static inline void add_to_footprint(reference_engines *engines, const reference_event *event, int64_t start) {
    if (start > engines->footprint_start) {
        engines->row_count = engines->last_row = 0;
        engines->footprint_start = start;
    }
    size_t row = row_of(engines, event->price);
    engines->rows[row].volumes[event->side] += event->size;
    engines->rows[row].trades++;
    engines->last_row = row;
}

void reference_engines_handle(reference_engines *engines, const reference_event *events, size_t count) {
    for (size_t index = 0; index < count; index++) {
        const reference_event *event = &events[index];
        if (event->kind == 0) {
            engines->quote = *event;
        } else if (event->kind == 1) {
            int64_t start = event->time - event->time % engines->interval;
            push_tape(engines, event);
            add_to_bar(engines, event, start);
            add_to_footprint(engines, event, start);
        } else {
            change_ladder(&engines->sides[event->side & 1], event);
            engines->last_sequence = event->sequence;
        }
    }
}

void reference_engines_push_tape(reference_engines *engines, const reference_event *trades, size_t count) {
    for (size_t index = 0; index < count; index++) push_tape(engines, &trades[index]);
}

reference_engine_state reference_engines_state(const reference_engines *engines) {
    reference_engine_state state = {0};
    state.cumulative_delta = (uint64_t)engines->cumulative;
    for (int aggressor = 0; aggressor < 3; aggressor++) {
        state.volume += (uint64_t)engines->tape_volumes[aggressor];
        state.trades += engines->tape_trades[aggressor];
    }
    state.notional = (uint64_t)engines->notional;
    state.footprint_rows = engines->row_count;
    for (size_t row = 0; row < engines->row_count; row++)
        for (int aggressor = 0; aggressor < 3; aggressor++)
            state.footprint_volume += (uint64_t)engines->rows[row].volumes[aggressor];
    for (int side = 0; side < 2; side++)
        for (int row = 0; row < engines->sides[side].count; row++)
            state.ladder += (uint64_t)(row + 1)
                * (uint64_t)(engines->sides[side].rows[row].price + engines->sides[side].rows[row].size);
    return state;
}
