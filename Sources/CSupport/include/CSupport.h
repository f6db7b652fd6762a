/// What Swift cannot say: structs that travel through `@convention(c)` signatures, process-wide state that is
/// reached without a `swift_once`, spilling registers for the stack scan, and a few variadic system calls.
#ifndef TAIPAN_CSUPPORT_H
#define TAIPAN_CSUPPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gmp.h>

#define SWIFT_IMMUTABLE _Nullable

/// One tagged word; see `Memory/Value.swift` for the encoding. Zero is never a value.
typedef struct Value {
    uint64_t bits;
} Value;

/// The first word of every heap object.
typedef struct ObjectHeader {
    /// Index into the shape table: tells the object's type and layout. Zero marks a free cell.
    uint32_t shape;
    /// Collector state: 0 new, 1 old (marked), 2 old and in the remembered set.
    uint8_t mark;
    /// Bits that the object's type may use freely.
    uint8_t flags;
    /// Bits of the collector: `HeaderBits` in `Memory`.
    uint8_t bits;
    /// Free for the object's type.
    uint8_t spare;
} ObjectHeader;

/// A dispatch loop's native frame, for the scan of the stack: see `taipan_enter_loop`.
typedef struct LoopFrame {
    /// That of the loop further out on the same native stack.
    struct LoopFrame *_Nullable outer;
    /// The words of the frame that are the loop's own.
    uintptr_t low, high;
} LoopFrame;

/// The handles that C functions of HPy which are running on a thread were given and have not closed: see `HandleLog` in `HPy`.
typedef struct HandleLog {
    /// Objects in the heap, in the order they were given out. One with bit 2 set says that the object was closed.
    Value *_Nullable entries;
    intptr_t count;
    intptr_t capacity;
    /// Where the entries of the innermost function begin.
    intptr_t base;
} HandleLog;

/// State of one thread of execution. Every runtime function receives a pointer to the one it runs on.
typedef struct ThreadState {
    /// The exception being raised, or the zero word.
    Value exception;
    /// The exception being handled by the innermost `except` of this frame stack or generator, or the zero word.
    Value handled;
    /// Registers of the running Python frame, null when there is none.
    Value *_Nullable frame;
    /// First free word of the register stack.
    Value *_Nullable stackTop;
    Value *_Nullable stackBase;
    Value *_Nullable stackLimit;
    /// Lowest address that native code may use before it must raise RecursionError.
    uintptr_t nativeStackLimit;
    /// Highest address of the native stack, where the conservative scan ends.
    uintptr_t nativeStackBase;
    /// Stack pointer saved while the thread does not hold the interpreter lock.
    uintptr_t savedStackPointer;
    /// Python frames and native recursion now active.
    int64_t recursionDepth;
    /// Non-zero when something waits for the next safepoint: `Breaker` bits.
    _Atomic uint32_t breaker;
    uint32_t identifierPadding;
    /// pthread_self() as `threading.get_ident` gives it.
    uint64_t identifier;
    /// The current `contextvars.Context`, or the zero word.
    Value context;
    /// The trace and profile functions of `sys.settrace` and `sys.setprofile`, or the zero word.
    Value traceFunction;
    Value profileFunction;
    /// Hooks of `sys.set_asyncgen_hooks`, or the zero word.
    Value asyncGenFirstIter;
    Value asyncGenFinalizer;
    /// An exception another thread asked this one to raise, or the zero word.
    Value asyncException;
    /// The dictionary of thread-local storage, or the zero word.
    Value locals;
    int64_t coroutineOriginDepth;
    /// Depth of native code that runs with tracing off.
    int64_t tracingDepth;
    /// Containers whose repr is in progress, a list or the zero word.
    Value reprStack;
    /// Spare roots for rooms above.
    Value extra[8];
    /// Callee-saved registers at the time the thread gave the interpreter lock up.
    uint64_t savedRegisters[12];
    struct ThreadState *_Nullable next;
    struct ThreadState *_Nullable previous;
    /// The innermost dispatch loop.
    LoopFrame *_Nullable loop;
    HandleLog handles;
} ThreadState;

/// A native function. Arguments are a flat vector laid out as its signature says; the zero word is an absent optional.
/// Returns the zero word when it has raised.
typedef Value (*NativeFunction)(ThreadState *_Nonnull thread, Value *_Nonnull arguments, intptr_t count);

/// A free run of one size class: allocation takes cells from `cursor` up to `limit`.
typedef struct FreeRun {
    uintptr_t cursor;
    uintptr_t limit;
} FreeRun;

#define SMALL_CLASSES 64
#define SIZE_CLASSES (SMALL_CLASSES + 19)
#define WELL_KNOWN_COUNT 512
#define NAME_COUNT 1024

#define METHOD_CACHE_SIZE 4096

/// What a lookup along a type's MRO has found: see `MethodCache` in `Objects`.
typedef struct MethodCacheEntry {
    uint32_t version;
    Value name;
    Value value;
} MethodCacheEntry;

/// Process-wide state that hot code reads.
typedef struct TaipanRuntime {
    /// Free runs of the size classes, 16 bytes apart: class n has cells of 16 * n bytes, up to 16 * (SMALL_CLASSES - 1); the rest
    /// are the heap's own affair.
    FreeRun runs[SIZE_CLASSES];
    /// The heap's reserved address range.
    uintptr_t heapBase;
    uintptr_t heapEnd;
    /// The shape table: an array of `ShapeRecord` (see `Memory/Shape.swift`), indexed by `ObjectHeader.shape`.
    void *_Null_unspecified shapes;
    /// The built-in types and other well-known objects: see `WellKnown` in `Objects`.
    Value wellKnown[WELL_KNOWN_COUNT];
    /// Interned names that the runtime itself uses: see `Name` in `Objects`.
    Value names[NAME_COUNT];
    ThreadState *_Nullable threads;
    /// The thread that holds the interpreter lock.
    ThreadState *_Nullable current;
    /// Bumped whenever anything that compiled code took for granted may have changed.
    uint64_t versionCounter;
    /// The recursion limit of `sys.setrecursionlimit`.
    int64_t recursionLimit;
    /// The strings of one Latin-1 character, by code point.
    Value latin1[256];
    MethodCacheEntry methodCache[METHOD_CACHE_SIZE];
} TaipanRuntime;

extern TaipanRuntime taipan;

// Swift imports C arrays as tuples, which it cannot index: these give their elements.
static inline FreeRun *_Nonnull taipan_run(intptr_t sizeClass) { return &taipan.runs[sizeClass]; }
static inline Value *_Nonnull taipan_well_known(void) { return taipan.wellKnown; }
static inline int64_t *_Nonnull taipan_recursion_limit(void) { return &taipan.recursionLimit; }
static inline Value *_Nonnull taipan_names(void) { return taipan.names; }
static inline Value *_Nonnull taipan_latin1(void) { return taipan.latin1; }
static inline MethodCacheEntry *_Nonnull taipan_method_cache(uintptr_t hash) { return &taipan.methodCache[hash & (METHOD_CACHE_SIZE - 1)]; }

typedef void (*StackVisitor)(void *_Nullable context, uintptr_t stackPointer);

/// Spills every callee-saved register onto the stack, then calls `visitor` with an address below them.
void taipan_spill_registers(StackVisitor _Nonnull visitor, void *_Nullable context);

/// Stores the callee-saved registers of the caller into `thread->savedRegisters`, and where its frame ends into `savedStackPointer`.
void taipan_save_registers(ThreadState *_Nonnull thread);
/// The words `thread->savedRegisters`, for the scan.
static inline uintptr_t taipan_saved_registers(ThreadState *_Nonnull thread) { return (uintptr_t)thread->savedRegisters; }

/// Notes that a function with its frame at `frame` (`taipan_stack_pointer()`) begins to run Python code. While it calls others, everything it still needs is in Python
/// registers or with those that it has called: the words of its own frame hold only what is left of earlier instructions, and the conservative scan passes over them. Objects that
/// a program has dropped would otherwise be found there for as long as the loop goes round elsewhere. `leave` has to follow.
void taipan_enter_loop(ThreadState *_Nonnull thread, LoopFrame *_Nonnull loop, uintptr_t frame);
static inline void taipan_leave_loop(ThreadState *_Nonnull thread, LoopFrame *_Nonnull loop) { thread->loop = loop->outer; }

/// The current stack pointer, near enough for a recursion check.
/// Has what is at an address fetched, which will be wanted soon.
static inline void taipan_prefetch(uintptr_t address) { __builtin_prefetch((const void *)address); }
static inline uintptr_t taipan_stack_pointer(void) { return (uintptr_t)__builtin_frame_address(0); }

static inline uint32_t taipan_breaker_load(ThreadState *_Nonnull t) {
    return atomic_load_explicit(&t->breaker, memory_order_relaxed);
}
static inline void taipan_breaker_set(ThreadState *_Nonnull t, uint32_t bits) { atomic_fetch_or(&t->breaker, bits); }
static inline void taipan_breaker_clear(ThreadState *_Nonnull t, uint32_t bits) { atomic_fetch_and(&t->breaker, ~bits); }

/// The bounds of the calling thread's native stack. False when the system does not tell.
bool taipan_native_stack(uintptr_t *_Nonnull low, uintptr_t *_Nonnull high);

/// printf of one double with the given conversion ('e', 'f', 'g', 'a'), precision and alternate flag.
int taipan_format_double(char *_Nullable buffer, size_t size, char conversion, int precision, bool alternate, double value);

/// memmem, which glibc declares only for GNU sources.
void *_Nullable taipan_memmem(const void *_Nonnull hay, size_t hayLength, const void *_Nonnull needle, size_t needleLength);
/// C's functions of complex numbers, which Swift does not import. The result replaces the argument.
typedef enum ComplexFunction {
    ComplexACos, ComplexACosH, ComplexASin, ComplexASinH, ComplexATan, ComplexATanH, ComplexCos, ComplexCosH, ComplexExp, ComplexSin, ComplexSinH,
    ComplexSqrt, ComplexTan, ComplexTanH
} ComplexFunction;
void taipan_complex(ComplexFunction function, double *_Nonnull real, double *_Nonnull imaginary);

/// strtod whatever the locale.
double taipan_read_double(const char *_Nonnull text);

int taipan_open(const char *_Nonnull path, int flags, int mode);
int taipan_fcntl(int descriptor, int command, long argument);
int taipan_ioctl(int descriptor, unsigned long request, void *_Nullable argument);
int taipan_errno(void);
void taipan_set_errno(int value);

#include "Threads.h"

/// Memory that is kept back for allocations which cannot fail; see `Reserve.c`. Makes it at least so large; false when that is not possible.
bool taipan_keep_reserve(size_t size);
/// Whether the reserve had to be given up, until the heap has taken note of it.
bool taipan_memory_is_short(void);
void taipan_memory_was_noted(void);
/// Whether so much can be had from `malloc` at once.
bool taipan_has_room(size_t size);
/// Gives what the C library's allocator has free back to the system.
void taipan_trim(void);
/// Puts GMP's and C++'s allocations under the care of the reserve.
void taipan_guard_allocations(void);

#endif
