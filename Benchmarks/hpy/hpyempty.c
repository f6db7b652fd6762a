/* Functions that do nothing, for HPy: see calls.py. */
#include <hpy.h>

HPyDef_METH(nothing, "nothing", HPyFunc_NOARGS)
static HPy nothing_impl(HPyContext *ctx, HPy self) { return HPy_Dup(ctx, ctx->h_None); }

HPyDef_METH(one, "one", HPyFunc_O)
static HPy one_impl(HPyContext *ctx, HPy self, HPy arg) { return HPy_Dup(ctx, ctx->h_None); }

HPyDef_METH(many, "many", HPyFunc_VARARGS)
static HPy many_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs) { return HPy_Dup(ctx, ctx->h_None); }

HPyDef_METH(named, "named", HPyFunc_KEYWORDS)
static HPy named_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames) { return HPy_Dup(ctx, ctx->h_None); }

static HPyDef *defines[] = { &nothing, &one, &many, &named, NULL };

static HPyModuleDef definition = { .doc = "Functions that do nothing", .defines = defines };

HPy_MODINIT(hpyempty, definition)
