#include "CForeign.h"

#include <wchar.h>

static __thread void *current;
static __thread int kept_errno;

ffi_type *foreign_type(int code) {
    switch (code) {
    case 'v': return &ffi_type_void;
    case 'c': case 'b': return &ffi_type_sint8;
    case 'B': case '?': return &ffi_type_uint8;
    case 'h': return &ffi_type_sint16;
    case 'H': return &ffi_type_uint16;
    case 'i': return &ffi_type_sint32;
    case 'I': case 'u': return &ffi_type_uint32;
    case 'l': case 'q': return &ffi_type_sint64;
    case 'L': case 'Q': return &ffi_type_uint64;
    case 'f': return &ffi_type_float;
    case 'd': return &ffi_type_double;
    case 'g': return &ffi_type_longdouble;
    case 'P': case 'z': case 'Z': case 'O': case '@': return &ffi_type_pointer;
    default: return NULL;
    }
}

void *foreign_current(void) { return current; }
void foreign_set_current(void *state) { current = state; }
int foreign_errno(void) { return kept_errno; }

int foreign_set_errno(int code) {
    int old = kept_errno;
    kept_errno = code;
    return old;
}

void *foreign_closure(ffi_cif *cif, void (*handler)(ffi_cif *, void *, void **, void *), void *data, void **code) {
    ffi_closure *closure = ffi_closure_alloc(sizeof(ffi_closure), code);
    if (!closure) return NULL;
    if (ffi_prep_closure_loc(closure, cif, handler, data, *code) == FFI_OK) return closure;
    ffi_closure_free(closure);
    return NULL;
}

void foreign_free_closure(void *closure) { ffi_closure_free(closure); }
