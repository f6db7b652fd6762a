#include "CHPy.h"
#include <dlfcn.h>

HPyContext taipan_hpy_contexts[3];

static const char *last_error(void) {
    const char *text = dlerror();
    return text ? text : "no error message provided by the system";
}

void *taipan_hpy_open(const char *path, const char **error) {
    void *library = dlopen(path, RTLD_NOW);
    if (!library) *error = last_error();
    return library;
}

void *taipan_hpy_symbol(void *library, const char *name, const char **error) {
    dlerror();
    void *symbol = dlsym(library, name);
    if (!symbol) *error = last_error();
    return symbol;
}

#include <malloc.h>

intptr_t taipan_hpy_allocated(void) {
    struct mallinfo2 information = mallinfo2();
    return (intptr_t)(information.uordblks + information.hblkhd);
}

// Read-only copies of data, for debug mode.

#include <execinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t pages(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) / page * page;
}

void *taipan_hpy_copy_read_only(const void *data, size_t size) {
    if (size == 0) size = 1;
    void *copy = mmap(NULL, pages(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return NULL;
    memcpy(copy, data, size);
    mprotect(copy, pages(size), PROT_READ);
    return copy;
}

void taipan_hpy_forbid(void *copy, size_t size) { mprotect(copy, pages(size ? size : 1), PROT_NONE); }

void taipan_hpy_free_copy(void *copy, size_t size) { munmap(copy, pages(size ? size : 1)); }

char *taipan_hpy_stack_trace(int limit, int skip) {
    if (limit <= 0) return NULL;
    if (limit > 1024) limit = 1024;
    void **frames = malloc(sizeof(void *) * (size_t)(limit + skip));
    if (!frames) return NULL;
    int count = backtrace(frames, limit + skip);
    char **names = backtrace_symbols(frames, count);
    char *text = NULL;
    if (names) {
        size_t size = 1;
        for (int index = skip; index < count; index++) size += strlen(names[index]) + 1;
        text = malloc(size);
        if (text) {
            char *end = text;
            for (int index = skip; index < count; index++) {
                size_t length = strlen(names[index]);
                memcpy(end, names[index], length);
                end += length;
                *end++ = '\n';
            }
            if (end > text) end--;
            *end = 0;
        }
        free(names);
    }
    free(frames);
    return text;
}
