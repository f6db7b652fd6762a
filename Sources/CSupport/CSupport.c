#define _GNU_SOURCE
#include "CSupport.h"

#include <complex.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/ioctl.h>

TaipanRuntime taipan;

__attribute__((noinline)) void taipan_spill_registers(StackVisitor visitor, void *context) {
    __builtin_unwind_init();
    visitor(context, (uintptr_t)__builtin_frame_address(0) - 256);
    // Keeps the call from becoming a tail call, which would pop the registers first.
    __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void taipan_enter_loop(ThreadState *thread, LoopFrame *loop, uintptr_t frame) {
    loop->outer = thread->loop;
    // The stack pointer of the caller, which it has at each of its calls.
    loop->low = (uintptr_t)__builtin_dwarf_cfa();
    // The caller's own callers may have values in the registers that it has saved.
#if defined(__x86_64__)
    // Right below the frame pointer, at most five of them.
    loop->high = frame - 5 * sizeof(uintptr_t);
#elif defined(__aarch64__)
    // Above the frame pointer.
    loop->high = frame;
#else
    loop->high = loop->low;
#endif
    thread->loop = loop;
}

int taipan_format_double(char *buffer, size_t size, char conversion, int precision, bool alternate, double value) {
    char format[8];
    snprintf(format, sizeof format, alternate ? "%%#.*%c" : "%%.*%c", conversion);
    return snprintf(buffer, size, format, precision, value);
}

typedef unsigned char Bytes16 __attribute__((vector_size(16)));

/// `memmem`, but for most texts faster: places where both the needle's first byte and its last one fit are looked for sixteen at a time. Where such places
/// are frequent, or much has been compared in vain, `memmem` goes on, whose time is linear.
void *taipan_memmem(const void *hay, size_t hayLength, const void *needle, size_t needleLength) {
    if (needleLength == 0) return (void *)hay;
    if (hayLength < needleLength) return NULL;
    const unsigned char *bytes = needle, *start = hay, *place = start, *end = start + (hayLength - needleLength) + 1;
    const unsigned char first = bytes[0], last = bytes[needleLength - 1];
    if (needleLength == 1) return memchr(hay, first, hayLength);
    size_t cost = 0;
    const Bytes16 firsts = (Bytes16){0} + first, lasts = (Bytes16){0} + last;
    for (; end - place >= 16; place += 16) {
        Bytes16 a, b;
        memcpy(&a, place, 16);
        memcpy(&b, place + needleLength - 1, 16);
        Bytes16 fits = (Bytes16)(a == firsts) & (Bytes16)(b == lasts);
        uint64_t halves[2];
        memcpy(halves, &fits, 16);
        if ((halves[0] | halves[1]) == 0) continue;
        for (int index = 0; index < 16; index++) {
            if (((const unsigned char *)halves)[index] == 0) continue;
            if (memcmp(place + index + 1, bytes + 1, needleLength - 2) == 0) return (void *)(place + index);
            cost += 1 + (needleLength >> 4);
        }
        if (cost > 64 && cost * 8 > (size_t)(place - start)) return memmem(place, hayLength - (size_t)(place - start), needle, needleLength);
    }
    for (; place < end; place++) {
        if (place[0] == first && place[needleLength - 1] == last && memcmp(place + 1, bytes + 1, needleLength - 2) == 0) return (void *)place;
    }
    return NULL;
}

void taipan_complex(ComplexFunction function, double *real, double *imaginary) {
    double complex z = __builtin_complex(*real, *imaginary);
    switch (function) {
    case ComplexACos: z = cacos(z); break;
    case ComplexACosH: z = cacosh(z); break;
    case ComplexASin: z = casin(z); break;
    case ComplexASinH: z = casinh(z); break;
    case ComplexATan: z = catan(z); break;
    case ComplexATanH: z = catanh(z); break;
    case ComplexCos: z = ccos(z); break;
    case ComplexCosH: z = ccosh(z); break;
    case ComplexExp: z = cexp(z); break;
    case ComplexSin: z = csin(z); break;
    case ComplexSinH: z = csinh(z); break;
    case ComplexSqrt: z = csqrt(z); break;
    case ComplexTan: z = ctan(z); break;
    case ComplexTanH: z = ctanh(z); break;
    }
    *real = creal(z);
    *imaginary = cimag(z);
}

double taipan_read_double(const char *text) {
    static locale_t plain;
    if (plain == (locale_t)0) plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return strtod_l(text, NULL, plain);
}

int taipan_open(const char *path, int flags, int mode) { return open(path, flags, mode); }
int taipan_fcntl(int descriptor, int command, long argument) { return fcntl(descriptor, command, argument); }
int taipan_ioctl(int descriptor, unsigned long request, void *argument) { return ioctl(descriptor, request, argument); }
int taipan_errno(void) { return errno; }
void taipan_set_errno(int value) { errno = value; }

bool taipan_native_stack(uintptr_t *low, uintptr_t *high) {
    pthread_attr_t attributes;
    void *address;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
    int status = pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    if (status != 0) return false;
    *low = (uintptr_t)address;
    *high = (uintptr_t)address + size;
    return true;
}

__attribute__((noinline)) void taipan_save_registers(ThreadState *thread) {
    thread->savedStackPointer = (uintptr_t)__builtin_frame_address(0);
#if defined(__x86_64__)
    __asm__ volatile("movq %%rbx, 0(%0)\n\tmovq %%r12, 8(%0)\n\tmovq %%r13, 16(%0)\n\tmovq %%r14, 24(%0)\n\tmovq %%r15, 32(%0)"
                     : : "r"(thread->savedRegisters) : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("stp x19, x20, [%0]\n\tstp x21, x22, [%0, #16]\n\tstp x23, x24, [%0, #32]\n\tstp x25, x26, [%0, #48]\n\tstp x27, x28, [%0, #64]"
                     : : "r"(thread->savedRegisters) : "memory");
#else
#error "unknown architecture"
#endif
}
