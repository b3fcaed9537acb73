#include "CReference.h"

#include <string.h>

enum { capacity = 10 };

static inline int apply(reference_side *side, const reference_depth_operation *operation) {
    int position = operation->position;
    reference_row row = {operation->price, operation->size};
    switch (operation->operation) {
    case 0:
        if (position > side->count || position >= capacity) return 1;
        if (side->count < capacity) side->count++;
        memmove(
            &side->rows[position + 1], &side->rows[position],
            (size_t)(side->count - position - 1) * sizeof row);
        side->rows[position] = row;
        return 0;
    case 1:
        if (position > side->count || position >= capacity) return 1;
        if (position == side->count) side->count++;
        side->rows[position] = row;
        return 0;
    default:
        if (position >= side->count) return 1;
        side->count--;
        memmove(
            &side->rows[position], &side->rows[position + 1],
            (size_t)(side->count - position) * sizeof row);
        return 0;
    }
}

uint64_t reference_ladder_apply(
    reference_ladder *ladder, const reference_depth_operation *operations, size_t count) {
    uint64_t refused = 0;
    for (size_t index = 0; index < count; index++)
        refused += (uint64_t)apply(&ladder->sides[operations[index].side & 1], &operations[index]);
    return refused;
}

// bid + (ask − bid) · bid size ÷ (both sizes), half to even.
static inline int64_t micro_price(reference_row bid, reference_row ask) {
    unsigned __int128 numerator = (unsigned __int128)(uint64_t)(ask.price - bid.price) * (uint64_t)bid.size;
    uint64_t denominator = (uint64_t)(bid.size + ask.size);
    uint64_t quotient = (uint64_t)(numerator / denominator);
    uint64_t twice = 2 * (uint64_t)(numerator - (unsigned __int128)quotient * denominator);
    int64_t price = bid.price + (int64_t)quotient;
    return price + (twice > denominator || (twice == denominator && (price & 1)));
}

uint64_t reference_ladder_judge(
    reference_ladder *ladder, const reference_depth_operation *operations, size_t count,
    reference_judgement *judgement) {
    uint64_t refused = 0;
    uint64_t micro_prices = 0;
    double imbalances = 0;
    for (size_t index = 0; index < count; index++) {
        refused += (uint64_t)apply(&ladder->sides[operations[index].side & 1], &operations[index]);
        if (ladder->sides[0].count == 0 || ladder->sides[1].count == 0) continue;
        reference_row bid = ladder->sides[0].rows[0];
        reference_row ask = ladder->sides[1].rows[0];
        if (ask.price <= bid.price) continue;
        micro_prices += (uint64_t)micro_price(bid, ask);
        imbalances += (double)(bid.size - ask.size) / (double)(bid.size + ask.size);
    }
    judgement->micro_prices = micro_prices;
    judgement->imbalances = imbalances;
    return refused;
}

uint64_t reference_ladder_watch(
    reference_ladder *ladder, const reference_depth_operation *operations, size_t count, size_t batch,
    uint64_t *seen) {
    uint64_t refused = 0;
    uint64_t sum = 0;
    size_t left = batch;
    for (size_t index = 0; index < count; index++) {
        refused += (uint64_t)apply(&ladder->sides[operations[index].side & 1], &operations[index]);
        if (--left > 0) continue;
        left = batch;
        if (ladder->sides[0].count == 0 || ladder->sides[1].count == 0) continue;
        reference_row bid = ladder->sides[0].rows[0];
        reference_row ask = ladder->sides[1].rows[0];
        sum += (uint64_t)bid.price + (uint64_t)bid.size + (uint64_t)ask.price + (uint64_t)ask.size;
    }
    *seen = sum;
    return refused;
}
