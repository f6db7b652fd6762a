/// What foreign functions need and Swift cannot say: libffi's types by code, and which thread of the interpreter a callback is in.
#ifndef TAIPAN_CFOREIGN_H
#define TAIPAN_CFOREIGN_H

#include <dlfcn.h>
#include <errno.h>
#include <ffi.h>
#include <stddef.h>
#include <stdint.h>

/// The type of a code of `struct`'s kind; null for one that is unknown.
ffi_type *_Nullable foreign_type(int code);

/// The interpreter's state of the calling thread while it runs foreign code without the interpreter lock, else null.
void *_Nullable foreign_current(void);
void foreign_set_current(void *_Nullable state);

/// ctypes' own copy of errno, one a thread.
int foreign_errno(void);
int foreign_set_errno(int code);

/// A function whose calls go to `handler`. Null when there is no memory. `code` is its address.
void *_Nullable foreign_closure(ffi_cif *_Nonnull cif, void (*_Nonnull handler)(ffi_cif *_Nonnull, void *_Nonnull, void *_Nonnull *_Nonnull, void *_Nonnull), void *_Nonnull data,
                                void *_Nullable *_Nonnull code);
void foreign_free_closure(void *_Nonnull closure);

#endif
