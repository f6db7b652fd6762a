/// The rounds of the hash functions, over whole blocks.
///
/// A state is 64-bit words, as Swift keeps it for every function alike; the 32-bit functions use the low halves. MD5, SHA-1 and SHA-2 are libcrypto's, which has
/// them in assembly for each generation of processors; SHA-3 and BLAKE2, which it does not offer without its large upper layers, are ours.
#ifndef CHash_h
#define CHash_h

#include <stddef.h>
#include <stdint.h>

void taipan_hash_md5(uint64_t *words, const uint8_t *data, size_t blocks);
void taipan_hash_sha1(uint64_t *words, const uint8_t *data, size_t blocks);
void taipan_hash_sha256(uint64_t *words, const uint8_t *data, size_t blocks);
void taipan_hash_sha512(uint64_t *words, const uint8_t *data, size_t blocks);

/// Keccak-f[1600] once.
void taipan_hash_keccak_permute(uint64_t *words);
/// Takes blocks of `rate` bytes in, each with a permutation.
void taipan_hash_keccak(uint64_t *words, const uint8_t *data, size_t blocks, size_t rate);

/// The first eight words are the chain, the next eight the initial values. `length` counts the first block's bytes already.
/// `final` is 0, 1 for the last block, or 3 for the last block of a tree's last node.
void taipan_hash_blake2b(uint64_t *words, const uint8_t *data, size_t blocks, uint64_t length, int final);
void taipan_hash_blake2s(uint64_t *words, const uint8_t *data, size_t blocks, uint64_t length, int final);

#endif
