// What modules ask for all the time, in C: so that nothing stands before and behind the few instructions of each.
// Tried and rejected: having the processor fetch the next item of a container, and what an item leads to, ahead. It made large documents no faster, and small ones slower.
// The unusual is Swift's (`taipan_hpy_slow`). The layouts are those of `Objects`, which `Usual.check` compares.
#include "CHPy.h"

HPySlowFunctions taipan_hpy_slow;
HPyTextTable taipan_hpy_texts;

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

static inline int is_heap(Value value) { return (value.bits & 7) == 0 && LIKELY(value.bits != 0); }
static inline ObjectHeader *header(Value value) { return (ObjectHeader *)value.bits; }
static inline int is_exact(Value value, uint32_t shape) { return is_heap(value) && header(value)->shape == shape; }

static inline HPyUsualString *as_string(Value value) { return (HPyUsualString *)value.bits; }
static inline HPyUsualList *as_list(Value value) { return (HPyUsualList *)value.bits; }
static inline HPyUsualDict *as_dict(Value value) { return (HPyUsualDict *)value.bits; }

// Handles

static Value dup_handle(HPyContext *ctx, Value value) { return value; }
static Value dup_logged(HPyContext *ctx, Value value) { return taipan_hpy_log(value); }
static void close_handle(HPyContext *ctx, Value value) { }

/// Nearly always the last handle is closed first.
static void close_logged(HPyContext *ctx, Value value) {
    if (!is_heap(value)) return;
    HandleLog *log = &taipan.current->handles;
    if (LIKELY(log->count > log->base && log->entries[log->count - 1].bits == value.bits)) log->count--;
    else taipan_hpy_slow.closeEarlier(value);
}

static int is_same(HPyContext *ctx, Value a, Value b) { return a.bits == b.bits; }

// Types

/// Whether an object is of a class that has a flag: just of the built-in class, or of a subclass. Shapes up to `HPyUsualShapeLast` are the built-in classes themselves.
#define CHECK(name, wanted, slow) \
    static int name(HPyContext *ctx, Value value) { \
        if (!is_heap(value)) return 0; \
        uint32_t shape = header(value)->shape; \
        return LIKELY(shape <= HPyUsualShapeLast) ? shape == wanted : taipan_hpy_slow.slow(value); \
    }

CHECK(unicode_check, HPyUsualShapeStr, isString)
CHECK(list_check, HPyUsualShapeList, isList)
CHECK(tuple_check, HPyUsualShapeTuple, isTuple)
CHECK(dict_check, HPyUsualShapeDict, isDict)

static inline int is_bool(Value value) { return (value.bits & ~8ull) == HPyUsualFalse; }

static int type_check(HPyContext *ctx, Value object, Value type) {
    const Value *known = taipan_well_known();
    if (type.bits == known[HPyUsualShapeInt].bits) {
        if (LIKELY(object.bits & 1)) return 1;
        if (!is_heap(object)) return is_bool(object);
        if (LIKELY(header(object)->shape <= HPyUsualShapeLast)) return header(object)->shape == HPyUsualShapeInt;
    } else if (type.bits == known[HPyUsualShapeFloat].bits) {
        if (LIKELY((object.bits & 3) == 2 || (object.bits | 8) == HPyUsualNegativeZero)) return 1;
        if (!is_heap(object)) return 0;
        if (LIKELY(header(object)->shape <= HPyUsualShapeLast)) return header(object)->shape == HPyUsualShapeFloat;
    } else if (type.bits == known[HPyUsualShapeBool].bits) {
        // It has no subclasses.
        return is_bool(object);
    }
    return taipan_hpy_slow.isInstance(object, type);
}

// Integers

static int64_t long_as_int64(HPyContext *ctx, Value value) {
    if (LIKELY(value.bits & 1)) return (int64_t)value.bits >> 1;
    return is_bool(value) ? value.bits == HPyUsualTrue : taipan_hpy_slow.asInt64(value);
}

// Texts

/// Text that is not ASCII, or no text: a function of its own, so that the usual one needs no frame.
static __attribute__((noinline)) const char *as_utf8_copied(Value value, intptr_t *size) {
    if (LIKELY(is_exact(value, HPyUsualShapeStr))) {
        HPyTextCopy *copy = taipan_hpy_text(value.bits);
        if (LIKELY(copy != NULL)) {
            if (LIKELY(size != NULL)) *size = copy->length;
            return copy->text;
        }
    }
    return taipan_hpy_slow.utf8(value, size);
}

static const char *as_utf8(HPyContext *ctx, Value value, intptr_t *size) {
    if (LIKELY(is_exact(value, HPyUsualShapeStr) && header(value)->flags & HPyUsualFlagASCII)) {
        if (LIKELY(size != NULL)) *size = as_string(value)->length;
        return as_string(value)->text;
    }
    return as_utf8_copied(value, size);
}

// Items

/// HPy has no function that walks a dict: modules get its keys as a list, and then the values one by one. For some dicts, by the address of the table, the entry behind that which was found last is remembered, and
/// tried before a search; of others the first. Dicts within dicts have places of their own; a table that has gone leaves a number that means nothing, which is checked.
static HPyWalk walks[16];

HPyWalk *taipan_hpy_walk(Value table) { return &walks[table.bits >> 5 & 15]; }

static inline __attribute__((always_inline)) Value get_item(HPyContext *ctx, Value object, Value key) {
    if (LIKELY(is_exact(object, HPyUsualShapeDict) && is_exact(key, HPyUsualShapeStr))) {
        HPyUsualTable *table = (HPyUsualTable *)as_dict(object)->table.bits;
        if (LIKELY(table != NULL)) {
            HPyWalk *walk = &walks[(uintptr_t)table >> 5 & 15];
            // In words: an entry has two, key and value.
            intptr_t next = walk->table == (uintptr_t)table ? walk->next : 0;
            if (LIKELY(next < table->words && table->entries[next].bits == key.bits)) {
                walk->table = (uintptr_t)table;
                walk->next = next + 2;
                return table->entries[next + 1];
            }
        }
    }
    return taipan_hpy_slow.getItem(object, key);
}

static inline __attribute__((always_inline)) Value get_item_at(HPyContext *ctx, Value object, intptr_t index) {
    if (LIKELY(is_exact(object, HPyUsualShapeList) && (uintptr_t)index < (uintptr_t)as_list(object)->count)) {
        return ((HPyUsualArray *)as_list(object)->storage.bits)->items[index];
    }
    return taipan_hpy_slow.getItemAt(object, index);
}

static Value dict_keys(HPyContext *ctx, Value dict) {
    if (!LIKELY(is_exact(dict, HPyUsualShapeDict))) return taipan_hpy_slow.keys(dict);
    HPyUsualTable *table = (HPyUsualTable *)as_dict(dict)->table.bits;
    if (LIKELY(table != NULL)) {
        // The keys come from memory while the list is made. More of them the processor fetches by itself.
        for (uintptr_t line = 0; line < 256; line += 64) __builtin_prefetch((char *)table + line);
    }
    intptr_t count = as_dict(dict)->count;
    Value list = taipan_hpy_slow.newList(count);
    if (list.bits == 0 || count == 0) return list;
    // Nothing here allocates: the keys are copied as they stand.
    table = (HPyUsualTable *)as_dict(dict)->table.bits;
    HPyUsualArray *array = (HPyUsualArray *)as_list(list)->storage.bits;
    intptr_t place = 0;
    for (intptr_t word = 0; place < count && word < table->words; word += 2) {
        if (LIKELY(table->entries[word].bits != 0)) array->items[place++] = table->entries[word];
    }
    as_list(list)->count = array->count = place;
    if (array->header.mark != 0) taipan_hpy_slow.barrier(as_list(list)->storage);
    return list;
}

static intptr_t length(HPyContext *ctx, Value object) {
    return LIKELY(is_exact(object, HPyUsualShapeList)) ? as_list(object)->count : taipan_hpy_slow.length(object);
}

static Value get_item_logged(HPyContext *ctx, Value object, Value key) { return taipan_hpy_log(get_item(ctx, object, key)); }
static Value get_item_at_logged(HPyContext *ctx, Value object, intptr_t index) { return taipan_hpy_log(get_item_at(ctx, object, index)); }
static Value dict_keys_logged(HPyContext *ctx, Value dict) { return taipan_hpy_log(dict_keys(ctx, dict)); }

void taipan_hpy_fill_usual_logged(HPyContext *ctx) {
    ctx->ctx_Dup = dup_logged;
    ctx->ctx_Close = close_logged;
    ctx->ctx_GetItem = get_item_logged;
    ctx->ctx_GetItem_i = get_item_at_logged;
    ctx->ctx_Dict_Keys = dict_keys_logged;
}

void taipan_hpy_fill_usual(HPyContext *ctx) {
    ctx->ctx_Dup = dup_handle;
    ctx->ctx_Close = close_handle;
    ctx->ctx_Is = is_same;
    ctx->ctx_TypeCheck = type_check;
    ctx->ctx_Long_AsInt64_t = long_as_int64;
    ctx->ctx_Unicode_Check = unicode_check;
    ctx->ctx_List_Check = list_check;
    ctx->ctx_Tuple_Check = tuple_check;
    ctx->ctx_Dict_Check = dict_check;
    ctx->ctx_Unicode_AsUTF8AndSize = as_utf8;
    ctx->ctx_GetItem = get_item;
    ctx->ctx_GetItem_i = get_item_at;
    ctx->ctx_Dict_Keys = dict_keys;
    ctx->ctx_Length = length;
}
