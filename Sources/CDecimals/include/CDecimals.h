/// The one machine instruction that Swift has no name for: Swift's own division of two words by one is a call.
#ifndef CDecimals_h
#define CDecimals_h

#include <stdint.h>

/// (high, low) / divisor, for high < divisor.
static inline __attribute__((always_inline)) uint64_t taipan_divide_words(uint64_t high, uint64_t low, uint64_t divisor, uint64_t *rest) {
#if defined(__x86_64__)
    uint64_t quotient;
    __asm__("divq %4" : "=a"(quotient), "=d"(*rest) : "a"(low), "d"(high), "r"(divisor) : "cc");
    return quotient;
#else
    unsigned __int128 number = (unsigned __int128)high << 64 | low;
    *rest = (uint64_t)(number % divisor);
    return (uint64_t)(number / divisor);
#endif
}

#endif
