#include "CLinux.h"

#include <stdint.h>
#include <string.h>

// SHA-256 (FIPS 180-4). The processor's own rounds take four cycles each before the next can begin, and could begin one every
// second cycle: two streams side by side take hardly longer than one.

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t load(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void store(uint8_t *bytes, uint32_t word) {
    for (int index = 0; index < 4; index++) bytes[index] = (uint8_t)(word >> (24 - 8 * index));
}

static uint32_t rotated(uint32_t word, int count) { return word >> count | word << (32 - count); }

static void by_words(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    for (; blocks > 0; blocks--, bytes += 64) {
        uint32_t w[64], v[8];
        for (int t = 0; t < 16; t++) w[t] = load(bytes + 4 * t);
        for (int t = 16; t < 64; t++) {
            uint32_t early = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3;
            uint32_t late = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10;
            w[t] = late + w[t - 7] + early + w[t - 16];
        }
        memcpy(v, state, sizeof v);
        for (int t = 0; t < 64; t++) {
            uint32_t sum = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25);
            uint32_t first = v[7] + sum + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[t] + w[t];
            sum = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22);
            uint32_t second = sum + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            memmove(v + 1, v, 7 * sizeof v[0]);
            v[4] += first;
            v[0] = first + second;
        }
        for (int index = 0; index < 8; index++) state[index] += v[index];
    }
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define SHA __attribute__((target("sha,sse4.1,ssse3")))

// One stream: the state as the instructions want it, and the newest sixteen words of the message.
struct lane {
    __m128i abef, cdgh, m[4];
};

SHA static inline __attribute__((always_inline)) void open_state(struct lane *lane, const uint32_t state[8]) {
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    lane->abef = _mm_alignr_epi8(low, high, 8);
    lane->cdgh = _mm_blend_epi16(high, low, 0xF0);
}

SHA static inline __attribute__((always_inline)) void close_state(const struct lane *lane, uint32_t state[8]) {
    __m128i low = _mm_shuffle_epi32(lane->abef, 0x1B);
    __m128i high = _mm_shuffle_epi32(lane->cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

SHA static inline __attribute__((always_inline)) void take_block(struct lane *lane, const uint8_t *bytes) {
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    for (int index = 0; index < 4; index++)
        lane->m[index] =
            _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16 * index)), order);
}

// Rounds 4 * step to 4 * step + 3; `step` is known where it is compiled.
SHA static inline __attribute__((always_inline)) void rounds(struct lane *lane, int step) {
    __m128i *m = lane->m, current = m[step & 3];
    __m128i sum = _mm_add_epi32(current, _mm_load_si128((const __m128i *)(constants + 4 * step)));
    lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, sum);
    lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(sum, 0x0E));
    if (step < 12) {
        __m128i next = _mm_sha256msg1_epu32(current, m[(step + 1) & 3]);
        next = _mm_add_epi32(next, _mm_alignr_epi8(m[(step + 3) & 3], m[(step + 2) & 3], 4));
        m[step & 3] = _mm_sha256msg2_epu32(next, m[(step + 3) & 3]);
    }
}

#define SIXTEEN_TIMES(DO)                                                                          \
    DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) \
        DO(15)

SHA static void by_instruction(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    struct lane a;
    open_state(&a, state);
    for (; blocks > 0; blocks--, bytes += 64) {
        __m128i abef = a.abef, cdgh = a.cdgh;
        take_block(&a, bytes);
#define STEP(N) rounds(&a, N);
        SIXTEEN_TIMES(STEP)
#undef STEP
        a.abef = _mm_add_epi32(a.abef, abef);
        a.cdgh = _mm_add_epi32(a.cdgh, cdgh);
    }
    close_state(&a, state);
}

SHA static void two_by_instruction(
    uint32_t state[8], const uint8_t *bytes, uint32_t other[8], const uint8_t *others, size_t blocks) {
    struct lane a, b;
    open_state(&a, state);
    open_state(&b, other);
    for (; blocks > 0; blocks--, bytes += 64, others += 64) {
        __m128i abef = a.abef, cdgh = a.cdgh, abef_b = b.abef, cdgh_b = b.cdgh;
        take_block(&a, bytes);
        take_block(&b, others);
#define STEP(N) rounds(&a, N), rounds(&b, N);
        SIXTEEN_TIMES(STEP)
#undef STEP
        a.abef = _mm_add_epi32(a.abef, abef);
        a.cdgh = _mm_add_epi32(a.cdgh, cdgh);
        b.abef = _mm_add_epi32(b.abef, abef_b);
        b.cdgh = _mm_add_epi32(b.cdgh, cdgh_b);
    }
    close_state(&a, state);
    close_state(&b, other);
}

static int has_instructions;

__attribute__((constructor)) static void look(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return;
    has_instructions = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29) != 0;
}
#else
static const int has_instructions = 0;
#endif

static void compress(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
#if defined(__x86_64__)
    if (has_instructions) return by_instruction(state, bytes, blocks);
#endif
    by_words(state, bytes, blocks);
}

static void compress_two(
    uint32_t state[8], const uint8_t *bytes, uint32_t other[8], const uint8_t *others, size_t blocks) {
#if defined(__x86_64__)
    if (has_instructions) return two_by_instruction(state, bytes, other, others, blocks);
#endif
    by_words(state, bytes, blocks);
    by_words(other, others, blocks);
}

void tradingd_sha256_begin(struct tradingd_sha256 *hash) {
    static const uint32_t initial[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(hash->state, initial, sizeof initial);
    hash->count = 0;
}

// Completes the block that was begun, if the bytes suffice; otherwise takes all of them in.
//
// Returns the bytes taken.
static size_t complete(struct tradingd_sha256 *hash, const uint8_t *bytes, size_t count) {
    size_t begun = hash->count & 63;
    if (begun == 0) return 0;
    size_t taken = count < 64 - begun ? count : 64 - begun;
    memcpy(hash->rest + begun, bytes, taken);
    hash->count += taken;
    if (begun + taken == 64) compress(hash->state, hash->rest, 1);
    return taken;
}

static void keep(struct tradingd_sha256 *hash, const uint8_t *bytes, size_t count) {
    if (count > 0) memcpy(hash->rest, bytes, count);
    hash->count += count;
}

void tradingd_sha256_update(struct tradingd_sha256 *hash, const void *data, size_t count) {
    if (count == 0) return;
    const uint8_t *bytes = data;
    size_t taken = complete(hash, bytes, count), blocks = (count - taken) / 64;
    bytes += taken;
    count -= taken;
    if (blocks > 0) compress(hash->state, bytes, blocks);
    hash->count += 64 * blocks;
    keep(hash, bytes + 64 * blocks, count - 64 * blocks);
}

void tradingd_sha256_update_both(
    struct tradingd_sha256 *hash, struct tradingd_sha256 *other, const void *data, size_t count) {
    if (count == 0) return;
    const uint8_t *bytes = data, *end = bytes + count;
    const uint8_t *a = bytes + complete(hash, bytes, count), *b = bytes + complete(other, bytes, count);
    size_t blocks = (size_t)(end - (a > b ? a : b)) / 64;
    if (blocks > 0) compress_two(hash->state, a, other->state, b, blocks);
    hash->count += 64 * blocks;
    other->count += 64 * blocks;
    a += 64 * blocks;
    b += 64 * blocks;
    // One of them may have a block more.
    tradingd_sha256_update(hash, a, (size_t)(end - a));
    tradingd_sha256_update(other, b, (size_t)(end - b));
}

void tradingd_sha256_end(const struct tradingd_sha256 *hash, uint8_t digest[32]) {
    struct tradingd_sha256 last = *hash;
    uint64_t bits = last.count * 8;
    size_t begun = last.count & 63;
    last.rest[begun++] = 0x80;
    if (begun > 56) {
        memset(last.rest + begun, 0, 64 - begun);
        compress(last.state, last.rest, 1);
        begun = 0;
    }
    memset(last.rest + begun, 0, 56 - begun);
    store(last.rest + 56, (uint32_t)(bits >> 32));
    store(last.rest + 60, (uint32_t)bits);
    compress(last.state, last.rest, 1);
    for (int index = 0; index < 8; index++) store(digest + 4 * index, last.state[index]);
}

void tradingd_sha256_portable(const void *data, size_t count, uint8_t digest[32]) {
    struct tradingd_sha256 hash;
    uint8_t tail[128] = {0};
    size_t rest = count & 63, length = rest < 56 ? 64 : 128;
    tradingd_sha256_begin(&hash);
    by_words(hash.state, data, count / 64);
    if (rest > 0) memcpy(tail, (const uint8_t *)data + (count - rest), rest);
    tail[rest] = 0x80;
    store(tail + length - 8, (uint32_t)((uint64_t)count * 8 >> 32));
    store(tail + length - 4, (uint32_t)((uint64_t)count * 8));
    by_words(hash.state, tail, length / 64);
    for (int index = 0; index < 8; index++) store(digest + 4 * index, hash.state[index]);
}
