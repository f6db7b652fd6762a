#define _GNU_SOURCE
#include "CSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

TaipanRuntime taipan;

__attribute__((noinline)) void taipan_spill_registers(StackVisitor visitor, void *context) {
    __builtin_unwind_init();
    visitor(context, (uintptr_t)__builtin_frame_address(0) - 256);
    // Keeps the call from becoming a tail call, which would pop the registers first.
    __asm__ volatile("" ::: "memory");
}

int taipan_format_double(char *buffer, size_t size, char conversion, int precision, bool alternate, double value) {
    char format[8];
    snprintf(format, sizeof format, alternate ? "%%#.*%c" : "%%.*%c", conversion);
    return snprintf(buffer, size, format, precision, value);
}

void *taipan_memmem(const void *hay, size_t hayLength, const void *needle, size_t needleLength) { return memmem(hay, hayLength, needle, needleLength); }

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
