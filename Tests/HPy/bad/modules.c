/* Modules that are wrong, each in a way of its own: compiled once for every name, with -DNAME=name -DCASE_name. `check.py` says what they should get. */
#include <hpy.h>

#define INIT_NAMED(name, definition) HPy_MODINIT(name, definition)
#define INIT(definition) INIT_NAMED(NAME, definition)
#define SYMBOL_NAMED(prefix, name) prefix##name
#define SYMBOL_OF(prefix, name) SYMBOL_NAMED(prefix, name)
#define SYMBOL(prefix) SYMBOL_OF(prefix, NAME)

#define DEFINES(...) static HPyDef *defines[] = { __VA_ARGS__, NULL }
#define MODULE(...) static HPyModuleDef definition = { __VA_ARGS__ }

/* What a module consists of when only one of its parts is wrong. */
HPyDef_METH(fine, "fine", HPyFunc_NOARGS)
static HPy fine_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, 42); }

#if defined(CASE_other_major) || defined(CASE_other_minor) || defined(CASE_no_context) || defined(CASE_no_init) || defined(CASE_null_definition)
DEFINES(&fine);
MODULE(.defines = defines);
#ifdef CASE_other_major
HPy_EXPORTED_FUNC uint32_t SYMBOL(get_required_hpy_major_version_)() { return 7; }
#else
HPy_EXPORTED_FUNC uint32_t SYMBOL(get_required_hpy_major_version_)() { return 0; }
#endif
#ifdef CASE_other_minor
HPy_EXPORTED_FUNC uint32_t SYMBOL(get_required_hpy_minor_version_)() { return 9; }
#else
HPy_EXPORTED_FUNC uint32_t SYMBOL(get_required_hpy_minor_version_)() { return 0; }
#endif
#ifndef CASE_no_context
HPy_EXPORTED_FUNC void SYMBOL(HPyInitGlobalContext_)(HPyContext *ctx) { }
#endif
#ifndef CASE_no_init
HPy_EXPORTED_FUNC HPyModuleDef *SYMBOL(HPyInit_)()
{
#ifdef CASE_null_definition
    return NULL;
#else
    return &definition;
#endif
}
#endif
HPyContext *_ctx_for_trampolines;

#elif defined(CASE_no_symbols)
int nothing;
HPyContext *_ctx_for_trampolines;

#elif defined(CASE_null_defines)
MODULE(.doc = "empty");
INIT(definition)

#elif defined(CASE_null_method_name)
static HPyDef broken = { .kind = HPyDef_Kind_Meth, .meth = { .name = NULL, .impl = (HPyCFunction)fine_impl, .signature = HPyFunc_NOARGS } };
DEFINES(&fine, &broken);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_null_method)
static HPyDef broken = { .kind = HPyDef_Kind_Meth, .meth = { .name = "broken", .impl = NULL, .signature = HPyFunc_NOARGS } };
DEFINES(&fine, &broken);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_odd_signature)
static HPyDef broken = { .kind = HPyDef_Kind_Meth, .meth = { .name = "broken", .impl = (HPyCFunction)fine_impl, .signature = HPyFunc_RICHCMPFUNC } };
DEFINES(&fine, &broken);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_odd_kind)
static HPyDef broken = { .kind = 77 };
DEFINES(&fine, &broken);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_type_slot)
HPyDef_SLOT(broken, HPy_tp_repr)
static HPy broken_impl(HPyContext *ctx, HPy self) { return HPy_NULL; }
DEFINES(&fine, &broken);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_null_exec)
static HPyDef broken = { .kind = HPyDef_Kind_Slot, .slot = { .slot = HPy_mod_exec, .impl = NULL } };
DEFINES(&fine, &broken);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_negative_size)
DEFINES(&fine);
MODULE(.size = -1, .defines = defines);
INIT(definition)

#elif defined(CASE_state)
DEFINES(&fine);
MODULE(.size = 8, .defines = defines);
INIT(definition)

#elif defined(CASE_two_creates) || defined(CASE_create_and_methods) || defined(CASE_create_and_doc) || defined(CASE_create_nothing) || defined(CASE_create_raising) || defined(CASE_create_module)
HPyDef_SLOT(create, HPy_mod_create)
static HPy create_impl(HPyContext *ctx, HPy spec)
{
#if defined(CASE_create_nothing)
    return HPy_NULL;
#elif defined(CASE_create_raising)
    HPyErr_SetString(ctx, ctx->h_KeyError, "unreported");
    return HPyLong_FromLong(ctx, 1);
#elif defined(CASE_create_module)
    return HPyImport_ImportModule(ctx, "sys");
#else
    return HPyLong_FromLong(ctx, 1);
#endif
}
#if defined(CASE_two_creates)
DEFINES(&create, &create);
#elif defined(CASE_create_and_methods)
DEFINES(&create, &fine);
#else
DEFINES(&create);
#endif
#ifdef CASE_create_and_doc
MODULE(.doc = "doc", .defines = defines);
#else
MODULE(.defines = defines);
#endif
INIT(definition)

#elif defined(CASE_exec_failing) || defined(CASE_exec_raising) || defined(CASE_exec_proper)
HPyDef_SLOT(execute, HPy_mod_exec)
static int execute_impl(HPyContext *ctx, HPy module)
{
#if defined(CASE_exec_failing)
    return -1;
#elif defined(CASE_exec_raising)
    HPyErr_SetString(ctx, ctx->h_KeyError, "unreported");
    return 0;
#else
    HPyErr_SetString(ctx, ctx->h_KeyError, "reported");
    return -1;
#endif
}
DEFINES(&fine, &execute);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_legacy_methods)
static int method;
DEFINES(&fine);
MODULE(.legacy_methods = (cpy_PyMethodDef *)&method, .defines = defines);
INIT(definition)

#elif defined(CASE_types)
/* make(n) makes a type of the n-th wrong specification. */
typedef struct { long number; HPyField field; } Thing;

HPyDef_SLOT(good_repr, HPy_tp_repr)
static HPy good_repr_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "thing"); }
HPyDef_SLOT(tp_call, HPy_tp_call)
static HPy tp_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames) { return HPyLong_FromLong(ctx, 1); }
HPyDef_MEMBER(member, "member", HPyMember_LONG, offsetof(Thing, number))
HPyDef_MEMBER(vectorcall, "__vectorcalloffset__", HPyMember_HPYSSIZET, offsetof(Thing, number), .readonly = 1)

static HPyDef unknown_slot = { .kind = HPyDef_Kind_Slot, .slot = { .slot = 9999, .impl = (HPyCFunction)good_repr_impl } };
static HPyDef module_slot = { .kind = HPyDef_Kind_Slot, .slot = { .slot = HPy_mod_exec, .impl = (HPyCFunction)good_repr_impl } };
static HPyDef null_slot = { .kind = HPyDef_Kind_Slot, .slot = { .slot = HPy_tp_repr, .impl = NULL } };
static HPyDef null_method = { .kind = HPyDef_Kind_Meth, .meth = { .name = "method", .impl = NULL, .signature = HPyFunc_NOARGS } };
static HPyDef nameless_method = { .kind = HPyDef_Kind_Meth, .meth = { .impl = (HPyCFunction)good_repr_impl, .signature = HPyFunc_NOARGS } };
static HPyDef odd_method = { .kind = HPyDef_Kind_Meth, .meth = { .name = "method", .impl = (HPyCFunction)good_repr_impl, .signature = 99 } };
static HPyDef nameless_member = { .kind = HPyDef_Kind_Member, .member = { .type = HPyMember_LONG } };
static HPyDef odd_member = { .kind = HPyDef_Kind_Member, .member = { .name = "odd", .type = 99 } };
static HPyDef nameless_getset = { .kind = HPyDef_Kind_GetSet };
static HPyDef empty_getset = { .kind = HPyDef_Kind_GetSet, .getset = { .name = "empty" } };
static HPyDef odd_kind = { .kind = 55 };

#define SPEC(defined, ...) { .name = "mytest.Thing", .basicsize = sizeof(Thing), .builtin_shape = HPyType_BuiltinShape_Object, .flags = HPy_TPFLAGS_DEFAULT, .defines = (HPyDef *[]){ defined, NULL }, __VA_ARGS__ }

static HPyType_Spec specs[] = {
    { .basicsize = sizeof(Thing) },
    SPEC(&good_repr, .builtin_shape = HPyType_BuiltinShape_Legacy),
    SPEC(&good_repr, .legacy_slots = specs),
    SPEC(&good_repr, .builtin_shape = 44),
    SPEC(&good_repr, .basicsize = -8),
    SPEC(&good_repr, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC),
    SPEC(&unknown_slot),
    SPEC(&module_slot),
    SPEC(&null_slot),
    SPEC(&null_method),
    SPEC(&nameless_method),
    SPEC(&odd_method),
    SPEC(&nameless_member),
    SPEC(&nameless_getset),
    SPEC(&odd_kind),
    SPEC(&member, .basicsize = 0),
    { .name = "mytest.Thing", .basicsize = sizeof(Thing), .defines = (HPyDef *[]){ &vectorcall, &tp_call, NULL } },
    SPEC(&tp_call, .itemsize = 4),
};

HPyDef_METH(make, "make", HPyFunc_O)
static HPy make_impl(HPyContext *ctx, HPy self, HPy arg) { return HPyType_FromSpec(ctx, &specs[HPyLong_AsLong(ctx, arg)], NULL); }

static HPyType_Spec plain = SPEC(&good_repr);
static HPyType_Spec odd = SPEC(&odd_member);
static HPyType_Spec unreadable = SPEC(&empty_getset);

HPyDef_METH(derive, "derive", HPyFunc_VARARGS, .doc = "derive(kind, object): a type with a parameter")
static HPy derive_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPyType_SpecParam parameters[] = { { HPyLong_AsLong(ctx, args[0]), args[1] }, { 0 } };
    return HPyType_FromSpec(ctx, &plain, parameters);
}

HPyDef_METH(odd_types, "odd_types", HPyFunc_NOARGS)
static HPy odd_types_impl(HPyContext *ctx, HPy self)
{
    HPy first = HPyType_FromSpec(ctx, &odd, NULL), second = HPyType_FromSpec(ctx, &unreadable, NULL);
    HPy result = HPyTuple_Pack(ctx, 2, first, second);
    HPy_Close(ctx, first);
    HPy_Close(ctx, second);
    return result;
}

HPyDef_METH(null_spec, "null_spec", HPyFunc_NOARGS)
static HPy null_spec_impl(HPyContext *ctx, HPy self) { return HPyType_FromSpec(ctx, NULL, NULL); }

DEFINES(&make, &derive, &odd_types, &null_spec);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_results)
/* Every function does wrong what `wrong` says: 0, it returns null without an error, 1, a value with an error set. */
static int wrong;
#define RESULT(value) \
    if (wrong == 0) return HPy_NULL; \
    HPyErr_SetString(ctx, ctx->h_KeyError, "unreported"); \
    return value
#define STATUS(value) \
    if (wrong == 0) return -1; \
    HPyErr_SetString(ctx, ctx->h_KeyError, "unreported"); \
    return value

HPyDef_METH(set_wrong, "set_wrong", HPyFunc_O)
static HPy set_wrong_impl(HPyContext *ctx, HPy self, HPy arg)
{
    wrong = (int)HPyLong_AsLong(ctx, arg);
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(noargs, "noargs", HPyFunc_NOARGS)
static HPy noargs_impl(HPyContext *ctx, HPy self) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_METH(one, "one", HPyFunc_O)
static HPy one_impl(HPyContext *ctx, HPy self, HPy arg) { RESULT(HPy_Dup(ctx, arg)); }
HPyDef_METH(varargs, "varargs", HPyFunc_VARARGS)
static HPy varargs_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_METH(keywords, "keywords", HPyFunc_KEYWORDS)
static HPy keywords_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames) { RESULT(HPyLong_FromLong(ctx, 1)); }

HPyDef_SLOT(thing_new, HPy_tp_new)
static HPy thing_new_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (nargs == 0) { void *data; return HPy_New(ctx, type, &data); }
    RESULT(HPyLong_FromLong(ctx, 1));
}
HPyDef_SLOT(thing_init, HPy_tp_init)
static int thing_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (HPy_IsNull(kw)) return 0;
    STATUS(0);
}
HPyDef_SLOT(thing_repr, HPy_tp_repr)
static HPy thing_repr_impl(HPyContext *ctx, HPy self) { RESULT(HPyUnicode_FromString(ctx, "x")); }
HPyDef_SLOT(thing_hash, HPy_tp_hash)
static HPy_hash_t thing_hash_impl(HPyContext *ctx, HPy self) { STATUS(1); }
HPyDef_SLOT(thing_call, HPy_tp_call)
static HPy thing_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_SLOT(thing_compare, HPy_tp_richcompare)
static HPy thing_compare_impl(HPyContext *ctx, HPy a, HPy b, HPy_RichCmpOp op) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_SLOT(thing_length, HPy_mp_length)
static HPy_ssize_t thing_length_impl(HPyContext *ctx, HPy self) { STATUS(1); }
HPyDef_SLOT(thing_get, HPy_mp_subscript)
static HPy thing_get_impl(HPyContext *ctx, HPy self, HPy key) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_SLOT(thing_set, HPy_mp_ass_subscript)
static int thing_set_impl(HPyContext *ctx, HPy self, HPy key, HPy value) { STATUS(0); }
HPyDef_SLOT(thing_contains, HPy_sq_contains)
static int thing_contains_impl(HPyContext *ctx, HPy self, HPy key) { STATUS(1); }
HPyDef_SLOT(thing_bool, HPy_nb_bool)
static int thing_bool_impl(HPyContext *ctx, HPy self) { STATUS(1); }
HPyDef_SLOT(thing_add, HPy_nb_add)
static HPy thing_add_impl(HPyContext *ctx, HPy a, HPy b) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_SLOT(thing_power, HPy_nb_power)
static HPy thing_power_impl(HPyContext *ctx, HPy a, HPy b, HPy c) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_SLOT(thing_int, HPy_nb_int)
static HPy thing_int_impl(HPyContext *ctx, HPy self) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_GETSET(thing_value, "value")
static HPy thing_value_get(HPyContext *ctx, HPy self, void *closure) { RESULT(HPyLong_FromLong(ctx, 1)); }
static int thing_value_set(HPyContext *ctx, HPy self, HPy value, void *closure) { STATUS(0); }
HPyDef_METH(thing_method, "method", HPyFunc_NOARGS)
static HPy thing_method_impl(HPyContext *ctx, HPy self) { RESULT(HPyLong_FromLong(ctx, 1)); }
HPyDef_SLOT(thing_buffer, HPy_bf_getbuffer)
static int thing_buffer_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer, int flags) { STATUS(0); }

static HPyDef *thing_defines[] = {
    &thing_new, &thing_init, &thing_repr, &thing_hash, &thing_call, &thing_compare, &thing_length, &thing_get, &thing_set, &thing_contains, &thing_bool, &thing_add,
    &thing_power, &thing_int, &thing_value, &thing_method, &thing_buffer, NULL,
};
static HPyType_Spec thing_spec = { .name = "results.Thing", .basicsize = 8, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .defines = thing_defines };

HPyDef_METH(make, "make", HPyFunc_NOARGS)
static HPy make_impl(HPyContext *ctx, HPy self) { return HPyType_FromSpec(ctx, &thing_spec, NULL); }

DEFINES(&set_wrong, &noargs, &one, &varargs, &keywords, &make);
MODULE(.defines = defines);
INIT(definition)

#elif defined(CASE_handles)
/* Handles closed twice, used when closed, and kept. */
HPyDef_METH(twice, "twice", HPyFunc_O)
static HPy twice_impl(HPyContext *ctx, HPy self, HPy arg)
{
    HPy handle = HPy_Dup(ctx, arg);
    HPy_Close(ctx, handle);
    HPy_Close(ctx, handle);
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(closed, "closed", HPyFunc_O)
static HPy closed_impl(HPyContext *ctx, HPy self, HPy arg)
{
    HPy handle = HPy_Dup(ctx, arg);
    HPy_Close(ctx, handle);
    return HPy_Repr(ctx, handle);
}
HPyDef_METH(leak, "leak", HPyFunc_O)
static HPy leak_impl(HPyContext *ctx, HPy self, HPy arg)
{
    HPy_Dup(ctx, arg);
    return HPy_Dup(ctx, ctx->h_None);
}
static HPyContext *kept;
HPyDef_METH(keep_context, "keep_context", HPyFunc_NOARGS)
static HPy keep_context_impl(HPyContext *ctx, HPy self)
{
    kept = ctx;
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(other_context, "other_context", HPyFunc_NOARGS)
static HPy other_context_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(kept, 1); }
HPyDef_METH(write_text, "write_text", HPyFunc_O)
static HPy write_text_impl(HPyContext *ctx, HPy self, HPy arg)
{
    char *text = (char *)HPyUnicode_AsUTF8AndSize(ctx, arg, NULL);
    text[0] = 'X';
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(write_bytes, "write_bytes", HPyFunc_O)
static HPy write_bytes_impl(HPyContext *ctx, HPy self, HPy arg)
{
    char *text = (char *)HPyBytes_AsString(ctx, arg);
    text[0] = 'X';
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(text_of_closed, "text_of_closed", HPyFunc_O)
static HPy text_of_closed_impl(HPyContext *ctx, HPy self, HPy arg)
{
    HPy handle = HPy_Dup(ctx, arg);
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, handle, NULL);
    HPy_Close(ctx, handle);
    return HPyLong_FromLong(ctx, text[0]);
}
static HPy stored;
HPyDef_METH(store, "store", HPyFunc_O)
static HPy store_impl(HPyContext *ctx, HPy self, HPy arg)
{
    stored = HPy_Dup(ctx, arg);
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(use_stored, "use_stored", HPyFunc_NOARGS)
static HPy use_stored_impl(HPyContext *ctx, HPy self) { return HPy_Repr(ctx, stored); }
HPyDef_METH(use_word, "use_word", HPyFunc_O, .doc = "use_word(n): takes a number for a handle")
static HPy use_word_impl(HPyContext *ctx, HPy self, HPy arg) { return HPy_Repr(ctx, (HPy){ ._i = HPyLong_AsSsize_t(ctx, arg) }); }
HPyDef_METH(close_word, "close_word", HPyFunc_O)
static HPy close_word_impl(HPyContext *ctx, HPy self, HPy arg)
{
    HPy_Close(ctx, (HPy){ ._i = HPyLong_AsSsize_t(ctx, arg) });
    return HPy_Dup(ctx, ctx->h_None);
}
HPyDef_METH(close_constant, "close_constant", HPyFunc_NOARGS)
static HPy close_constant_impl(HPyContext *ctx, HPy self)
{
    HPy_Close(ctx, ctx->h_None);
    return HPyLong_FromLong(ctx, 1);
}
HPyDef_METH(tracker, "tracker", HPyFunc_NOARGS)
static HPy tracker_impl(HPyContext *ctx, HPy self)
{
    HPyTracker tracker = HPyTracker_New(ctx, 0);
    HPyTracker_Close(ctx, tracker);
    HPyTracker_Add(ctx, tracker, HPyLong_FromLong(ctx, 1));
    return HPyLong_FromLong(ctx, 1);
}
HPyDef_METH(builder, "builder", HPyFunc_NOARGS)
static HPy builder_impl(HPyContext *ctx, HPy self)
{
    HPyListBuilder builder = HPyListBuilder_New(ctx, 1);
    HPyListBuilder_Set(ctx, builder, 0, ctx->h_None);
    HPy list = HPyListBuilder_Build(ctx, builder);
    HPyListBuilder_Set(ctx, builder, 0, ctx->h_None);
    return list;
}
DEFINES(&twice, &closed, &leak, &keep_context, &other_context, &write_text, &write_bytes, &text_of_closed, &store, &use_stored, &use_word, &close_word, &close_constant, &tracker, &builder);
MODULE(.defines = defines);
INIT(definition)
#endif
