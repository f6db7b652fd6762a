/* A JSON parser and encoder over the library yajl, for HPy: `loads(str)` and `dumps(object)`.
 *
 * yajl reports what it reads through callbacks. The containers that are open lie on a stack in the frame of `loads`: a handle may be kept in a local variable, but not in allocated
 * memory. yajl's strings have no zero at their end, which HPyUnicode_FromString needs: they are copied first.
 */
#include <hpy.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#define DEPTH 128

typedef struct {
    HPy container;
    HPy key;
    int is_dict;
} Level;

typedef struct {
    HPyContext *ctx;
    int depth;
    HPy result;
    Level levels[DEPTH];
} Parser;

/* Text with a zero at its end, in `local` if it is short. */
static char *terminated(const unsigned char *text, size_t length, char *local, size_t size)
{
    char *copy = length < size ? local : malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = 0;
    }
    return copy;
}

static HPy new_string(HPyContext *ctx, const unsigned char *text, size_t length)
{
    char local[256];
    char *copy = terminated(text, length, local, sizeof local);
    if (!copy)
        return HPyErr_NoMemory(ctx);
    HPy result = HPyUnicode_FromString(ctx, copy);
    if (copy != local)
        free(copy);
    return result;
}

/* Puts a value, which it takes, where the parser is. */
static int put(Parser *parser, HPy value)
{
    HPyContext *ctx = parser->ctx;
    if (HPy_IsNull(value))
        return 0;
    if (parser->depth == 0) {
        parser->result = value;
        return 1;
    }
    Level *level = &parser->levels[parser->depth - 1];
    int status;
    if (level->is_dict) {
        status = HPy_SetItem(ctx, level->container, level->key, value);
        HPy_Close(ctx, level->key);
        level->key = HPy_NULL;
    } else {
        status = HPyList_Append(ctx, level->container, value);
    }
    HPy_Close(ctx, value);
    return status == 0;
}

static int on_null(void *p) { Parser *parser = p; return put(parser, HPy_Dup(parser->ctx, parser->ctx->h_None)); }

static int on_boolean(void *p, int value) { Parser *parser = p; return put(parser, HPyBool_FromBool(parser->ctx, value)); }

static int on_number(void *p, const char *text, size_t length)
{
    Parser *parser = p;
    HPyContext *ctx = parser->ctx;
    size_t index = text[0] == '-';
    long long number = 0;
    while (index < length && index < 18 && text[index] >= '0' && text[index] <= '9')
        number = number * 10 + (text[index++] - '0');
    if (index == length)
        return put(parser, HPyLong_FromLongLong(ctx, text[0] == '-' ? -number : number));
    char local[256];
    char *copy = terminated((const unsigned char *)text, length, local, sizeof local);
    if (!copy) {
        HPyErr_NoMemory(ctx);
        return 0;
    }
    HPy value;
    if (strpbrk(copy, ".eE")) {
        value = HPyFloat_FromDouble(ctx, strtod(copy, NULL));
    } else {
        HPy string = HPyUnicode_FromString(ctx, copy);
        value = HPy_IsNull(string) ? HPy_NULL : HPy_CallTupleDict(ctx, ctx->h_LongType, HPyTuple_Pack(ctx, 1, string), HPy_NULL);
        HPy_Close(ctx, string);
    }
    if (copy != local)
        free(copy);
    return put(parser, value);
}

static int on_string(void *p, const unsigned char *text, size_t length) { Parser *parser = p; return put(parser, new_string(parser->ctx, text, length)); }

static int on_key(void *p, const unsigned char *text, size_t length)
{
    Parser *parser = p;
    HPy key = new_string(parser->ctx, text, length);
    parser->levels[parser->depth - 1].key = key;
    return !HPy_IsNull(key);
}

static int begin(Parser *parser, HPy container, int is_dict)
{
    HPyContext *ctx = parser->ctx;
    if (HPy_IsNull(container))
        return 0;
    if (parser->depth == DEPTH) {
        HPy_Close(ctx, container);
        HPyErr_SetString(ctx, ctx->h_RecursionError, "JSON is nested too deeply");
        return 0;
    }
    Level *level = &parser->levels[parser->depth++];
    level->container = container;
    level->key = HPy_NULL;
    level->is_dict = is_dict;
    return 1;
}

static int on_start_map(void *p) { Parser *parser = p; return begin(parser, HPyDict_New(parser->ctx), 1); }

static int on_start_array(void *p) { Parser *parser = p; return begin(parser, HPyList_New(parser->ctx, 0), 0); }

static int on_end(void *p) { Parser *parser = p; return put(parser, parser->levels[--parser->depth].container); }

static yajl_callbacks callbacks = { on_null, on_boolean, NULL, NULL, on_number, on_string, on_start_map, on_key, on_end, on_start_array, on_end };

HPyDef_METH(loads, "loads", HPyFunc_O, .doc = "loads(s): the objects of a JSON text")
static HPy loads_impl(HPyContext *ctx, HPy self, HPy text)
{
    HPy_ssize_t length;
    const char *utf8 = HPyUnicode_AsUTF8AndSize(ctx, text, &length);
    if (!utf8)
        return HPy_NULL;
    Parser parser;
    parser.ctx = ctx;
    parser.depth = 0;
    parser.result = HPy_NULL;
    yajl_handle handle = yajl_alloc(&callbacks, NULL, &parser);
    if (!handle)
        return HPyErr_NoMemory(ctx);
    yajl_config(handle, yajl_dont_validate_strings, 1);
    yajl_status status = yajl_parse(handle, (const unsigned char *)utf8, (size_t)length);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(handle);
    if (status != yajl_status_ok) {
        if (!HPyErr_Occurred(ctx)) {
            unsigned char *message = yajl_get_error(handle, 0, NULL, 0);
            HPyErr_SetString(ctx, ctx->h_ValueError, (char *)message);
            yajl_free_error(handle, message);
        }
        while (parser.depth > 0) {
            Level *level = &parser.levels[--parser.depth];
            HPy_Close(ctx, level->container);
            if (!HPy_IsNull(level->key))
                HPy_Close(ctx, level->key);
        }
        if (!HPy_IsNull(parser.result))
            HPy_Close(ctx, parser.result);
        parser.result = HPy_NULL;
    }
    yajl_free(handle);
    return parser.result;
}

static int check(HPyContext *ctx, yajl_gen_status status)
{
    if (status == yajl_gen_status_ok)
        return 1;
    if (status == yajl_max_depth_exceeded)
        HPyErr_SetString(ctx, ctx->h_RecursionError, "objects are nested too deeply");
    else
        HPyErr_SetString(ctx, ctx->h_ValueError, "JSON has no such value");
    return 0;
}

static int encode_string(HPyContext *ctx, yajl_gen gen, HPy value)
{
    HPy_ssize_t length;
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, value, &length);
    return text && check(ctx, yajl_gen_string(gen, (const unsigned char *)text, (size_t)length));
}

/* A number as the text that repr makes of it. */
static int encode_number(HPyContext *ctx, yajl_gen gen, HPy value)
{
    HPy string = HPy_Repr(ctx, value);
    if (HPy_IsNull(string))
        return 0;
    HPy_ssize_t length;
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, string, &length);
    int result = text && check(ctx, yajl_gen_number(gen, text, (size_t)length));
    HPy_Close(ctx, string);
    return result;
}

static int encode(HPyContext *ctx, yajl_gen gen, HPy value);

static int encode_dict(HPyContext *ctx, yajl_gen gen, HPy dict)
{
    HPy keys = HPyDict_Keys(ctx, dict);
    if (HPy_IsNull(keys))
        return 0;
    HPy_ssize_t count = HPy_Length(ctx, keys);
    int result = check(ctx, yajl_gen_map_open(gen));
    for (HPy_ssize_t index = 0; result && index < count; index++) {
        HPy key = HPy_GetItem_i(ctx, keys, index);
        if (!HPyUnicode_Check(ctx, key)) {
            HPyErr_SetString(ctx, ctx->h_TypeError, "keys must be str");
            result = 0;
        } else {
            HPy value = HPy_GetItem(ctx, dict, key);
            result = !HPy_IsNull(value) && encode_string(ctx, gen, key) && encode(ctx, gen, value);
            if (!HPy_IsNull(value))
                HPy_Close(ctx, value);
        }
        HPy_Close(ctx, key);
    }
    HPy_Close(ctx, keys);
    return result && check(ctx, yajl_gen_map_close(gen));
}

static int encode_sequence(HPyContext *ctx, yajl_gen gen, HPy sequence)
{
    if (!check(ctx, yajl_gen_array_open(gen)))
        return 0;
    HPy_ssize_t count = HPy_Length(ctx, sequence);
    for (HPy_ssize_t index = 0; index < count; index++) {
        /* It raises when the sequence has become shorter. */
        HPy value = HPy_GetItem_i(ctx, sequence, index);
        if (HPy_IsNull(value))
            return 0;
        int result = encode(ctx, gen, value);
        HPy_Close(ctx, value);
        if (!result)
            return 0;
    }
    return check(ctx, yajl_gen_array_close(gen));
}

static int encode(HPyContext *ctx, yajl_gen gen, HPy value)
{
    if (HPyUnicode_Check(ctx, value))
        return encode_string(ctx, gen, value);
    if (HPy_TypeCheck(ctx, value, ctx->h_LongType)) {
        long long number = HPyLong_AsLongLong(ctx, value);
        /* A bool is an int, 0 or 1. */
        if ((number == 0 || number == 1) && HPy_TypeCheck(ctx, value, ctx->h_BoolType))
            return check(ctx, yajl_gen_bool(gen, (int)number));
        if (number != -1 || !HPyErr_Occurred(ctx))
            return check(ctx, yajl_gen_integer(gen, number));
        HPyErr_Clear(ctx);
        return encode_number(ctx, gen, value);
    }
    if (HPy_TypeCheck(ctx, value, ctx->h_FloatType))
        return encode_number(ctx, gen, value);
    if (HPy_Is(ctx, value, ctx->h_None))
        return check(ctx, yajl_gen_null(gen));
    if (HPyDict_Check(ctx, value))
        return encode_dict(ctx, gen, value);
    if (HPyList_Check(ctx, value) || HPyTuple_Check(ctx, value))
        return encode_sequence(ctx, gen, value);
    HPyErr_SetString(ctx, ctx->h_TypeError, "object is not JSON serializable");
    return 0;
}

HPyDef_METH(dumps, "dumps", HPyFunc_O, .doc = "dumps(obj): the JSON text of objects")
static HPy dumps_impl(HPyContext *ctx, HPy self, HPy value)
{
    yajl_gen gen = yajl_gen_alloc(NULL);
    if (!gen)
        return HPyErr_NoMemory(ctx);
    HPy result = HPy_NULL;
    if (encode(ctx, gen, value)) {
        const unsigned char *text;
        size_t length;
        yajl_gen_get_buf(gen, &text, &length);
        result = HPyUnicode_FromString(ctx, (const char *)text);
    }
    yajl_gen_free(gen);
    return result;
}

static HPyDef *defines[] = { &loads, &dumps, NULL };

static HPyModuleDef definition = { .doc = "JSON over yajl, for HPy", .defines = defines };

HPy_MODINIT(hpyajl, definition)
