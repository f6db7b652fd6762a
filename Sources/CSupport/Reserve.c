// Memory kept back for the moment when there is no more.
//
// The heap takes its memory in large steps and can say that there is none, which becomes MemoryError. Swift's own
// allocations (arrays, dictionaries, strings, metadata), GMP's and those of C++ cannot: a null pointer ends the process. So a
// range is kept that nobody uses. When one of them fails the range is given up and the allocation is tried again; the
// flag `taipan_memory_is_short` then tells the heap, whose next slow allocation raises MemoryError and tries to get the
// range back (`Heap.recover`). The range is untouched, so that it costs address space and counts against limits only.
//
// What is larger than the range fails all the same, so whoever asks for much at once has to ask first whether there is
// room (`taipan_has_room`). The last resort is an exit with a message.
#define _GNU_SOURCE
#include "CSupport.h"

#include <gmp.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// The range; its first word is its size.
static _Atomic(size_t *) reserve;
static _Atomic bool isShort;

static size_t *map(size_t size) {
    size_t *range = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) return NULL;
    *range = size;
    return range;
}

bool taipan_keep_reserve(size_t size) {
    size_t *old = atomic_exchange(&reserve, NULL);
    if (old != NULL && *old >= size) {
        atomic_store(&reserve, old);
        return true;
    }
    size_t *larger;
    if (old == NULL) {
        larger = map(size);
    } else {
        larger = mremap(old, *old, size, MREMAP_MAYMOVE);
        if (larger == MAP_FAILED) {
            atomic_store(&reserve, old);
            return false;
        }
        *larger = size;
    }
    atomic_store(&reserve, larger);
    return larger != NULL;
}

/// Gives the range up. False when that has been done before.
static bool release(void) {
    size_t *range = atomic_exchange(&reserve, NULL);
    if (range == NULL) return false;
    munmap(range, *range);
    atomic_store(&isShort, true);
    return true;
}

bool taipan_memory_is_short(void) { return atomic_load_explicit(&isShort, memory_order_relaxed); }
void taipan_memory_was_noted(void) { atomic_store(&isShort, false); }

bool taipan_has_room(size_t size) {
    // Volatile, or the compiler answers by itself, always yes.
    void *volatile memory = malloc(size);
    free(memory);
    return memory != NULL;
}

void taipan_trim(void) { malloc_trim(0); }

__attribute__((noreturn, cold)) static void end(void) {
    static const char text[] = "Fatal Python error: out of memory\n";
    ssize_t written = write(2, text, sizeof text - 1);
    (void)written;
    _exit(1);
}

// MARK: Those who cannot fail

/// Stands in for the Swift runtime's function, by the linker's `--wrap`. What it returns goes to `free`, as it does there.
void *__wrap_swift_slowAlloc(size_t size, size_t alignmentMask);
void *__wrap_swift_slowAlloc(size_t size, size_t alignmentMask) {
    do {
        void *memory = NULL;
        if (alignmentMask <= 15 || alignmentMask == SIZE_MAX) {
            memory = malloc(size);
        } else if (posix_memalign(&memory, alignmentMask + 1, size) != 0) {
            memory = NULL;
        }
        if (__builtin_expect(memory != NULL || size == 0, 1)) return memory;
    } while (release());
    end();
}

static void *allocateLimbs(size_t size) {
    do {
        void *memory = malloc(size);
        if (memory != NULL) return memory;
    } while (release());
    end();
}

static void *reallocateLimbs(void *old, size_t oldSize, size_t size) {
    (void)oldSize;
    do {
        void *memory = realloc(old, size);
        if (memory != NULL) return memory;
    } while (release());
    end();
}

static void freeLimbs(void *memory, size_t size) {
    (void)size;
    free(memory);
}

static void makeRoomForNew(void) {
    if (!release()) end();
}

/// `std::set_new_handler`, which the Swift runtime brings along.
extern void (*_ZSt15set_new_handlerPFvvE(void (*handler)(void)))(void) __attribute__((weak));

void taipan_guard_allocations(void) {
    mp_set_memory_functions(allocateLimbs, reallocateLimbs, freeLimbs);
    if (_ZSt15set_new_handlerPFvvE) _ZSt15set_new_handlerPFvvE(makeRoomForNew);
}
