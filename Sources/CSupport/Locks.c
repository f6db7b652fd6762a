/// Locks over futexes (Drepper, "Futexes Are Tricky", the second mutex): one word, no destruction, waits that a signal can interrupt.
#define _GNU_SOURCE
#include "CSupport.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool taipan_lock_try(uint32_t *lock) {
    uint32_t expected = 0;
    return __atomic_compare_exchange_n(lock, &expected, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

int taipan_lock_wait(uint32_t *lock, int64_t deadline) {
    struct timespec limit = {0, 0};
    if (deadline >= 0) {
        limit.tv_sec = deadline / 1000000000;
        limit.tv_nsec = deadline % 1000000000;
    }
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0) {
        // The deadline of FUTEX_WAIT_BITSET is absolute, on CLOCK_MONOTONIC.
        long status = syscall(SYS_futex, lock, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 2, deadline >= 0 ? &limit : NULL, NULL, FUTEX_BITSET_MATCH_ANY);
        if (status == 0 || errno == EAGAIN) continue;
        if (errno == ETIMEDOUT) return taipan_lock_try(lock) ? 1 : 0;
        if (errno == EINTR) return -1;
        return 0;
    }
    return 1;
}

void taipan_lock_release(uint32_t *lock) {
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2) syscall(SYS_futex, lock, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

bool taipan_lock_is_held(uint32_t *lock) { return __atomic_load_n(lock, __ATOMIC_RELAXED) != 0; }

int64_t taipan_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

uint64_t taipan_native_thread_id(void) { return (uint64_t)syscall(SYS_gettid); }
