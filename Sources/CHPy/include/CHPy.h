/// HPy's binary interface, written down from its documentation: the context, and the structs by which an extension module describes itself, its types and its
/// functions. A handle is one word, the same word as a `Value` in universal mode.
#ifndef TAIPAN_CHPY_H
#define TAIPAN_CHPY_H

#include "HPyContext.h"

typedef void (*HPyAnyFunction)(void);

/// `HPyFunc_Signature`
enum {
    HPySignatureVarargs = 1, HPySignatureKeywords = 2, HPySignatureNoArgs = 3, HPySignatureOne = 4,
};

/// `HPyDef_Kind`
enum { HPyKindSlot = 1, HPyKindMethod = 2, HPyKindMember = 3, HPyKindGetSet = 4 };

typedef struct HPySlotDefinition {
    int32_t slot;
    void *_Nullable implementation;
    void *_Nullable trampoline;
} HPySlotDefinition;

typedef struct HPyMethodDefinition {
    const char *_Nullable name;
    void *_Nullable implementation;
    void *_Nullable trampoline;
    int32_t signature;
    const char *_Nullable doc;
} HPyMethodDefinition;

typedef struct HPyMemberDefinition {
    const char *_Nullable name;
    int32_t type;
    intptr_t offset;
    int32_t readonly;
    const char *_Nullable doc;
} HPyMemberDefinition;

typedef struct HPyGetSetDefinition {
    const char *_Nullable name;
    void *_Nullable getter;
    void *_Nullable setter;
    void *_Nullable getterTrampoline;
    void *_Nullable setterTrampoline;
    const char *_Nullable doc;
    void *_Nullable closure;
} HPyGetSetDefinition;

typedef struct HPyDefinition {
    int32_t kind;
    union {
        HPySlotDefinition slot;
        HPyMethodDefinition method;
        HPyMemberDefinition member;
        HPyGetSetDefinition getset;
    };
} HPyDefinition;

typedef struct HPyTypeSpecification {
    const char *_Nullable name;
    int32_t basicsize;
    int32_t itemsize;
    unsigned long flags;
    int32_t shape;
    void *_Nullable legacySlots;
    HPyDefinition *_Nullable *_Nullable definitions;
    const char *_Nullable doc;
} HPyTypeSpecification;

typedef struct HPyTypeParameter {
    int32_t kind;
    Value object;
} HPyTypeParameter;

typedef struct HPyModuleDefinition {
    const char *_Nullable doc;
    intptr_t size;
    void *_Nullable legacyMethods;
    HPyDefinition *_Nullable *_Nullable definitions;
    Value *_Nullable *_Nullable globals;
} HPyModuleDefinition;

typedef struct HPyBuffer {
    void *_Nullable buf;
    Value obj;
    intptr_t len;
    intptr_t itemsize;
    int32_t readonly;
    int32_t ndim;
    char *_Nullable format;
    intptr_t *_Nullable shape;
    intptr_t *_Nullable strides;
    intptr_t *_Nullable suboffsets;
    void *_Nullable internal;
} HPyBuffer;

/// `HPyCallFunction` and `HPyCapsule_Destructor`: CPython's entry, then ours.
typedef struct HPyFunctionPair {
    void *_Nullable trampoline;
    void *_Nullable implementation;
} HPyFunctionPair;

typedef Value (*HPyNoArgsFunction)(HPyContext *_Nonnull, Value self);
typedef Value (*HPyOneFunction)(HPyContext *_Nonnull, Value self, Value argument);
typedef Value (*HPyVarargsFunction)(HPyContext *_Nonnull, Value self, const Value *_Nullable arguments, size_t count);
typedef Value (*HPyKeywordsFunction)(HPyContext *_Nonnull, Value self, const Value *_Nullable arguments, size_t count, Value names);
typedef Value (*HPyTernaryFunction)(HPyContext *_Nonnull, Value, Value, Value);
typedef int32_t (*HPyInquiryFunction)(HPyContext *_Nonnull, Value);
typedef intptr_t (*HPyLengthFunction)(HPyContext *_Nonnull, Value);
typedef Value (*HPyIndexFunction)(HPyContext *_Nonnull, Value, intptr_t);
typedef int32_t (*HPyStoreIndexFunction)(HPyContext *_Nonnull, Value, intptr_t, Value);
typedef int32_t (*HPyStoreFunction)(HPyContext *_Nonnull, Value, Value, Value);
typedef int32_t (*HPyContainsFunction)(HPyContext *_Nonnull, Value, Value);
typedef Value (*HPyCompareFunction)(HPyContext *_Nonnull, Value, Value, int32_t);
typedef int32_t (*HPyInitFunction)(HPyContext *_Nonnull, Value self, const Value *_Nullable arguments, intptr_t count, Value keywords);
typedef Value (*HPyNewFunction)(HPyContext *_Nonnull, Value type, const Value *_Nullable arguments, intptr_t count, Value keywords);
typedef Value (*HPyGetterFunction)(HPyContext *_Nonnull, Value, void *_Nullable closure);
typedef int32_t (*HPySetterFunction)(HPyContext *_Nonnull, Value, Value, void *_Nullable closure);
typedef int32_t (*HPyGetBufferFunction)(HPyContext *_Nonnull, Value, HPyBuffer *_Nonnull, int32_t flags);
typedef void (*HPyReleaseBufferFunction)(HPyContext *_Nonnull, Value, HPyBuffer *_Nonnull);
typedef void (*HPyFinalizeFunction)(HPyContext *_Nonnull, Value);
typedef int32_t (*HPyVisitFunction)(Value *_Nonnull field, void *_Nullable argument);
typedef int32_t (*HPyTraverseFunction)(void *_Nonnull object, HPyVisitFunction _Nonnull visit, void *_Nullable argument);
typedef void (*HPyDestroyFunction)(void *_Nonnull object);
typedef void (*HPyCapsuleFunction)(const char *_Nullable name, void *_Nullable pointer, void *_Nullable context);
typedef HPyModuleDefinition *_Nullable (*HPyModuleFunction)(void);
typedef uint32_t (*HPyVersionFunction)(void);
typedef void (*HPySetContextFunction)(HPyContext *_Nonnull);

// The contexts of universal and debug mode; trace mode has one for each module. The functions of the plain context are those of the universal one without the log of handles: debug mode, which has records of
// its own, calls them.
extern HPyContext taipan_hpy_contexts[3];
static inline HPyContext *_Nonnull taipan_hpy_universal(void) { return &taipan_hpy_contexts[0]; }
static inline HPyContext *_Nonnull taipan_hpy_debug(void) { return &taipan_hpy_contexts[1]; }
static inline HPyContext *_Nonnull taipan_hpy_plain(void) { return &taipan_hpy_contexts[2]; }
/// Points the universal context's functions that give out handles at others, which call the plain context's and log what these return.
void taipan_hpy_fill_logged(HPyContext *_Nonnull universal);

// What modules ask for all the time (`Usual.c`), with the layouts and numbers of `Objects` that it relies on; `Usual.swift` compares them.

enum { HPyUsualShapeInt = 3, HPyUsualShapeBool = 4, HPyUsualShapeFloat = 5, HPyUsualShapeStr = 7, HPyUsualShapeList = 11, HPyUsualShapeTuple = 12, HPyUsualShapeDict = 13, HPyUsualShapeLast = 17 };
enum { HPyUsualFlagASCII = 8 };
// Patterns of values that are not in the heap; False and True, and the two zeros, differ in one bit. Of a small int the lowest bit is set, of other floats the second alone of the lowest two.
enum { HPyUsualNegativeZero = 0xC, HPyUsualFalse = 0x24, HPyUsualTrue = 0x2C };

typedef struct HPyUsualString {
    ObjectHeader header;
    intptr_t length, hash;
    char text[8];
} HPyUsualString;

typedef struct HPyUsualList {
    ObjectHeader header;
    intptr_t count;
    Value storage;
} HPyUsualList;

typedef struct HPyUsualArray {
    ObjectHeader header;
    intptr_t count;
    Value items[1];
} HPyUsualArray;

typedef struct HPyUsualDict {
    ObjectHeader header;
    intptr_t count;
    Value table;
} HPyUsualDict;

typedef struct HPyUsualTable {
    ObjectHeader header;
    intptr_t words;
    uint8_t sizes[8];
    Value entries[2];
} HPyUsualTable;

/// The unusual, which is Swift's. Those that ask for a type are given an object in the heap.
typedef struct HPySlowFunctions {
    int32_t (*_Nonnull isString)(Value), (*_Nonnull isList)(Value), (*_Nonnull isTuple)(Value), (*_Nonnull isDict)(Value);
    int32_t (*_Nonnull isInstance)(Value object, Value type);
    int64_t (*_Nonnull asInt64)(Value);
    const char *_Nullable (*_Nonnull utf8)(Value, intptr_t *_Nullable size);
    Value (*_Nonnull getItem)(Value object, Value key);
    Value (*_Nonnull getItemAt)(Value object, intptr_t index);
    intptr_t (*_Nonnull length)(Value object);
    Value (*_Nonnull keys)(Value dict);
    /// An empty list with room.
    Value (*_Nonnull newList)(intptr_t capacity);
    /// An object that is not new was written into.
    void (*_Nonnull barrier)(Value object);
    /// A handle for which the log has no room, and one that was closed and is not among the last of the log.
    void (*_Nonnull logMore)(Value object), (*_Nonnull closeEarlier)(Value object);
} HPySlowFunctions;

extern HPySlowFunctions taipan_hpy_slow;

/// Enters a handle that C is given in the thread's log.
static inline Value taipan_hpy_log(Value value) {
    if ((value.bits & 7) == 0 && value.bits != 0) {
        HandleLog *log = &taipan.current->handles;
        if (__builtin_expect(log->count < log->capacity, 1)) log->entries[log->count++] = value;
        else taipan_hpy_slow.logMore(value);
    }
    return value;
}

/// Where in a dict's table the last key was found.
typedef struct HPyWalk {
    uintptr_t table;
    /// Words up to the entry behind it.
    intptr_t next;
} HPyWalk;

HPyWalk *_Nonnull taipan_hpy_walk(Value table);
void taipan_hpy_fill_usual(HPyContext *_Nonnull plain);
/// The same with the log of handles.
void taipan_hpy_fill_usual_logged(HPyContext *_Nonnull universal);

/// The UTF-8 of a string that is not ASCII: see `TextCopies`.
typedef struct HPyTextCopy {
    /// The string.
    uintptr_t address;
    intptr_t length;
    char text[8];
} HPyTextCopy;

enum { HPyTextPageShift = 14, HPyTextPlaceShift = 5, HPyTextPlaces = 1 << (HPyTextPageShift - HPyTextPlaceShift) };

/// The copies of strings in one page of the heap, each at a place of its own.
typedef struct HPyTextPage {
    HPyTextCopy *_Nullable places[HPyTextPlaces];
    intptr_t count;
} HPyTextPage;

typedef struct HPyTextTable {
    uintptr_t base;
    uintptr_t count;
    HPyTextPage *_Nullable *_Nullable pages;
} HPyTextTable;

extern HPyTextTable taipan_hpy_texts;

static inline HPyTextCopy *_Nullable taipan_hpy_text(uintptr_t address) {
    uintptr_t page = (address - taipan_hpy_texts.base) >> HPyTextPageShift;
    if (page >= taipan_hpy_texts.count || !taipan_hpy_texts.pages[page]) return NULL;
    return taipan_hpy_texts.pages[page]->places[address >> HPyTextPlaceShift & (HPyTextPlaces - 1)];
}

/// dlopen with RTLD_NOW. Null, and `*error` says why.
void *_Nullable taipan_hpy_open(const char *_Nonnull path, const char *_Nullable *_Nonnull error);
/// dlsym. Null, and `*error` says why.
void *_Nullable taipan_hpy_symbol(void *_Nonnull library, const char *_Nonnull name, const char *_Nullable *_Nonnull error);

/// A copy of data in pages of its own that may only be read; null when there is no memory.
void *_Nullable taipan_hpy_copy_read_only(const void *_Nonnull data, size_t size);
/// Makes such a copy fault on every access.
void taipan_hpy_forbid(void *_Nonnull copy, size_t size);
void taipan_hpy_free_copy(void *_Nonnull copy, size_t size);
/// Bytes that malloc has given out.
intptr_t taipan_hpy_allocated(void);
/// The native stack as text, to be freed; null when that cannot be had.
char *_Nullable taipan_hpy_stack_trace(int limit, int skip);

#endif
