#define OPENSSL_SUPPRESS_DEPRECATED
#include "CHash.h"
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <string.h>

// MARK: libcrypto's functions
// Whole blocks pass straight through an `Update` whose buffer is empty; the padding is the caller's.

void taipan_hash_md5(uint64_t *words, const uint8_t *data, size_t blocks) {
    MD5_CTX context;
    context.A = (uint32_t)words[0], context.B = (uint32_t)words[1], context.C = (uint32_t)words[2], context.D = (uint32_t)words[3];
    context.Nl = context.Nh = context.num = 0;
    MD5_Update(&context, data, blocks * MD5_CBLOCK);
    words[0] = context.A, words[1] = context.B, words[2] = context.C, words[3] = context.D;
}

void taipan_hash_sha1(uint64_t *words, const uint8_t *data, size_t blocks) {
    SHA_CTX context;
    context.h0 = (uint32_t)words[0], context.h1 = (uint32_t)words[1], context.h2 = (uint32_t)words[2], context.h3 = (uint32_t)words[3];
    context.h4 = (uint32_t)words[4];
    context.Nl = context.Nh = context.num = 0;
    SHA1_Update(&context, data, blocks * SHA_CBLOCK);
    words[0] = context.h0, words[1] = context.h1, words[2] = context.h2, words[3] = context.h3, words[4] = context.h4;
}

void taipan_hash_sha256(uint64_t *words, const uint8_t *data, size_t blocks) {
    SHA256_CTX context;
    for (int index = 0; index < 8; index++) context.h[index] = (uint32_t)words[index];
    context.Nl = context.Nh = context.num = 0;
    context.md_len = SHA256_DIGEST_LENGTH;
    SHA256_Update(&context, data, blocks * SHA256_CBLOCK);
    for (int index = 0; index < 8; index++) words[index] = context.h[index];
}

void taipan_hash_sha512(uint64_t *words, const uint8_t *data, size_t blocks) {
    SHA512_CTX context;
    for (int index = 0; index < 8; index++) context.h[index] = words[index];
    context.Nl = context.Nh = context.num = 0;
    context.md_len = SHA512_DIGEST_LENGTH;
    SHA512_Update(&context, data, blocks * SHA512_CBLOCK);
    for (int index = 0; index < 8; index++) words[index] = context.h[index];
}

static inline uint64_t load64(const uint8_t *place) {
    uint64_t word;
    memcpy(&word, place, 8);
    return word;
}

static inline uint32_t load32(const uint8_t *place) {
    uint32_t word;
    memcpy(&word, place, 4);
    return word;
}

static inline uint64_t left64(uint64_t word, int count) { return word << count | word >> (64 - count); }
static inline uint64_t right64(uint64_t word, int count) { return word >> count | word << (64 - count); }
static inline uint32_t right32(uint32_t word, int count) { return word >> count | word << (32 - count); }

// MARK: SHA-3

static const uint64_t keccakConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/// One row of the result: five lanes of `s`, each moved by theta's `d` and turned, and then mixed by chi.
#define KECCAK_ROW(to, from, constant, l0, c0, r0, l1, c1, r1, l2, c2, r2, l3, c3, r3, l4, c4, r4) { \
    uint64_t b0 = left64(from[l0] ^ d##c0, r0), b1 = left64(from[l1] ^ d##c1, r1), b2 = left64(from[l2] ^ d##c2, r2); \
    uint64_t b3 = left64(from[l3] ^ d##c3, r3), b4 = left64(from[l4] ^ d##c4, r4); \
    to[0] = b0 ^ (~b1 & b2) ^ (constant); \
    to[1] = b1 ^ (~b2 & b3); \
    to[2] = b2 ^ (~b3 & b4); \
    to[3] = b3 ^ (~b4 & b0); \
    to[4] = b4 ^ (~b0 & b1); \
}

static inline __attribute__((always_inline)) void keccakRound(uint64_t *to, const uint64_t *from, uint64_t constant) {
    uint64_t c0 = from[0] ^ from[5] ^ from[10] ^ from[15] ^ from[20], c1 = from[1] ^ from[6] ^ from[11] ^ from[16] ^ from[21];
    uint64_t c2 = from[2] ^ from[7] ^ from[12] ^ from[17] ^ from[22], c3 = from[3] ^ from[8] ^ from[13] ^ from[18] ^ from[23];
    uint64_t c4 = from[4] ^ from[9] ^ from[14] ^ from[19] ^ from[24];
    uint64_t d0 = c4 ^ left64(c1, 1), d1 = c0 ^ left64(c2, 1), d2 = c1 ^ left64(c3, 1), d3 = c2 ^ left64(c4, 1), d4 = c3 ^ left64(c0, 1);
    uint64_t b0 = from[0] ^ d0, b1 = left64(from[6] ^ d1, 44), b2 = left64(from[12] ^ d2, 43), b3 = left64(from[18] ^ d3, 21), b4 = left64(from[24] ^ d4, 14);
    to[0] = b0 ^ (~b1 & b2) ^ constant;
    to[1] = b1 ^ (~b2 & b3);
    to[2] = b2 ^ (~b3 & b4);
    to[3] = b3 ^ (~b4 & b0);
    to[4] = b4 ^ (~b0 & b1);
    KECCAK_ROW((to + 5), from, 0, 3, 3, 28, 9, 4, 20, 10, 0, 3, 16, 1, 45, 22, 2, 61)
    KECCAK_ROW((to + 10), from, 0, 1, 1, 1, 7, 2, 6, 13, 3, 25, 19, 4, 8, 20, 0, 18)
    KECCAK_ROW((to + 15), from, 0, 4, 4, 27, 5, 0, 36, 11, 1, 10, 17, 2, 15, 23, 3, 56)
    KECCAK_ROW((to + 20), from, 0, 2, 2, 62, 8, 3, 55, 14, 4, 39, 15, 0, 41, 21, 1, 2)
}

void taipan_hash_keccak_permute(uint64_t *words) {
    uint64_t other[25];
    for (int round = 0; round < 24; round += 2) {
        keccakRound(other, words, keccakConstants[round]);
        keccakRound(words, other, keccakConstants[round + 1]);
    }
}

void taipan_hash_keccak(uint64_t *words, const uint8_t *data, size_t blocks, size_t rate) {
    for (; blocks > 0; blocks--, data += rate) {
        for (size_t index = 0; index < rate / 8; index++) words[index] ^= load64(data + index * 8);
        taipan_hash_keccak_permute(words);
    }
}

// MARK: BLAKE2
// The orders of the message words are written out as arguments, so that each is a constant where it is used.

#define BLAKE2_ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
    MIX(v0, v4, v8, v12, m[s0], m[s1]) \
    MIX(v1, v5, v9, v13, m[s2], m[s3]) \
    MIX(v2, v6, v10, v14, m[s4], m[s5]) \
    MIX(v3, v7, v11, v15, m[s6], m[s7]) \
    MIX(v0, v5, v10, v15, m[s8], m[s9]) \
    MIX(v1, v6, v11, v12, m[s10], m[s11]) \
    MIX(v2, v7, v8, v13, m[s12], m[s13]) \
    MIX(v3, v4, v9, v14, m[s14], m[s15])

#define BLAKE2_FIRST_TWO \
    BLAKE2_ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) \
    BLAKE2_ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)

#define BLAKE2_TEN \
    BLAKE2_FIRST_TWO \
    BLAKE2_ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4) \
    BLAKE2_ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8) \
    BLAKE2_ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13) \
    BLAKE2_ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9) \
    BLAKE2_ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11) \
    BLAKE2_ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10) \
    BLAKE2_ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5) \
    BLAKE2_ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0)

void taipan_hash_blake2b(uint64_t *words, const uint8_t *data, size_t blocks, uint64_t length, int final) {
    for (; blocks > 0; blocks--, data += 128, length += 128) {
        uint64_t m[16];
        for (int index = 0; index < 16; index++) m[index] = load64(data + index * 8);
        uint64_t v0 = words[0], v1 = words[1], v2 = words[2], v3 = words[3], v4 = words[4], v5 = words[5], v6 = words[6], v7 = words[7];
        uint64_t v8 = words[8], v9 = words[9], v10 = words[10], v11 = words[11], v12 = words[12] ^ length, v13 = words[13];
        uint64_t v14 = words[14] ^ -(uint64_t)(final & 1), v15 = words[15] ^ -(uint64_t)(final >> 1);
#define MIX(a, b, c, d, x, y) \
        a += b + x, d = right64(d ^ a, 32), c += d, b = right64(b ^ c, 24); \
        a += b + y, d = right64(d ^ a, 16), c += d, b = right64(b ^ c, 63);
        BLAKE2_TEN
        BLAKE2_FIRST_TWO
#undef MIX
        words[0] ^= v0 ^ v8, words[1] ^= v1 ^ v9, words[2] ^= v2 ^ v10, words[3] ^= v3 ^ v11;
        words[4] ^= v4 ^ v12, words[5] ^= v5 ^ v13, words[6] ^= v6 ^ v14, words[7] ^= v7 ^ v15;
    }
}

void taipan_hash_blake2s(uint64_t *words, const uint8_t *data, size_t blocks, uint64_t length, int final) {
    for (; blocks > 0; blocks--, data += 64, length += 64) {
        uint32_t m[16];
        for (int index = 0; index < 16; index++) m[index] = load32(data + index * 4);
        uint32_t v0 = words[0], v1 = words[1], v2 = words[2], v3 = words[3], v4 = words[4], v5 = words[5], v6 = words[6], v7 = words[7];
        uint32_t v8 = words[8], v9 = words[9], v10 = words[10], v11 = words[11], v12 = words[12] ^ length, v13 = words[13] ^ length >> 32;
        uint32_t v14 = words[14] ^ -(uint32_t)(final & 1), v15 = words[15] ^ -(uint32_t)(final >> 1);
#define MIX(a, b, c, d, x, y) \
        a += b + x, d = right32(d ^ a, 16), c += d, b = right32(b ^ c, 12); \
        a += b + y, d = right32(d ^ a, 8), c += d, b = right32(b ^ c, 7);
        BLAKE2_TEN
#undef MIX
        words[0] ^= v0 ^ v8, words[1] ^= v1 ^ v9, words[2] ^= v2 ^ v10, words[3] ^= v3 ^ v11;
        words[4] ^= v4 ^ v12, words[5] ^= v5 ^ v13, words[6] ^= v6 ^ v14, words[7] ^= v7 ^ v15;
    }
}
