#include "CLinux.h"

#include <stdint.h>
#include <string.h>

// CRC-32C (Castagnoli), reflected: the checksum of iSCSI, ext4 and SCTP (RFC 3720, appendix B.4).
#define POLYNOMIAL 0x82F63B78u

static uint32_t tables[8][256];
// powers[k] = x to the power of 2^k, modulo the polynomial.
static uint32_t powers[64];

static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        if (a & bit) product ^= b;
        b = b & 1 ? b >> 1 ^ POLYNOMIAL : b >> 1;
    }
    return product;
}

__attribute__((constructor)) static void prepare(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
        tables[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++)
        for (int place = 1; place < 8; place++)
            tables[place][byte] = tables[place - 1][byte] >> 8 ^ tables[0][tables[place - 1][byte] & 255];
    powers[0] = 1u << 30;
    for (int index = 1; index < 64; index++) powers[index] = multiply(powers[index - 1], powers[index - 1]);
}

static uint64_t word(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

static uint32_t by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t next = word(bytes) ^ crc;
        crc = 0;
        for (int place = 0; place < 8; place++) crc ^= tables[7 - place][next >> 8 * place & 255];
    }
    for (; count > 0; count--, bytes++) crc = crc >> 8 ^ tables[0][(crc ^ *bytes) & 255];
    return crc;
}

#if defined(__x86_64__)
// What `crc` becomes behind `count` zero bytes.
static uint32_t behind_zeros(uint32_t crc, size_t count) {
    uint32_t power = 1u << 31;
    for (int index = 3; count != 0; count >>= 1, index++)
        if (count & 1) power = multiply(powers[index], power);
    return multiply(power, crc);
}

// Three streams at a time: one instruction takes three cycles to give its result, and starts every cycle.
__attribute__((target("sse4.2"))) static uint32_t by_instruction(
    uint32_t crc, const uint8_t *bytes, size_t count) {
    size_t third = count / 24 * 8;
    if (third >= 512) {
        uint64_t a = crc, b = 0, c = 0;
        for (size_t place = 0; place < third; place += 8) {
            a = __builtin_ia32_crc32di(a, word(bytes + place));
            b = __builtin_ia32_crc32di(b, word(bytes + third + place));
            c = __builtin_ia32_crc32di(c, word(bytes + 2 * third + place));
        }
        crc = behind_zeros(behind_zeros((uint32_t)a, third) ^ (uint32_t)b, third) ^ (uint32_t)c;
        bytes += 3 * third;
        count -= 3 * third;
    }
    uint64_t wide = crc;
    for (; count >= 8; count -= 8, bytes += 8) wide = __builtin_ia32_crc32di(wide, word(bytes));
    return by_table((uint32_t)wide, bytes, count);
}
#endif

uint32_t tradingd_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(~crc, bytes, count);
#endif
    return ~by_table(~crc, bytes, count);
}

uint32_t tradingd_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    return ~by_table(~crc, bytes, count);
}
