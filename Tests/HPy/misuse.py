"""Every function of the context in debug mode, with what it must not be given: null, closed and foreign handles, and null pointers. Part of `run.py`.

A module is written from the table of the context, in which each function can be called with one parameter wrong and the others of various types. Under Taipan (`misuse.py FOLDER`) each call happens in a process of
its own. It must end well, with an exception, or with HPy's fatal error; of what may not be null something must be said.
"""
import importlib.util, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NAME = "misused"

# These end the process, or give up the interpreter's lock.
LEFT_OUT = {"FatalError", "LeavePythonExecution", "ReenterPythonExecution"}
# Where the null handle is as good as any: to give up nothing, and to ask about nothing.
HARMLESS = {"Dup": {"h"}, "Close": {"h"}, "Tracker_Add": {"h"}, "Type_GenericNew": {"kw"}, "Call": {"kwnames"}, "CallMethod": {"kwnames"}, "ContextVar_Get": {"default_value"}, "ListBuilder_Set": {"h_item"},
            "TupleBuilder_Set": {"h_item"}}
# What a parameter is given: when it is right, and when it is wrong. Others are numbers.
GIVEN = {
    "const char *": ('"text"', "NULL"), "const wchar_t *": ('L"text"', "NULL"), "const HPy *": ("items", "wrong_items(kind)"), "HPyField *": ("&field", "NULL"), "HPyGlobal *": ("&global", "NULL"),
    "HPy_ssize_t *": ("&number", "NULL"), "HPy *": ("&result", "NULL"), "void **": ("&data", "NULL"), "HPyField": ("field", "field"), "HPyGlobal": ("global", "global"),
    "HPyListBuilder": ("list", "(HPyListBuilder){0}"), "HPyTupleBuilder": ("tuple", "(HPyTupleBuilder){0}"), "HPyTracker": ("tracker", "(HPyTracker){0}"),
}
POINTERS = {"spec": "&specification", "function": "&call", "pointer": "&data", "value": "&data", "params": "NULL", "destructor": "NULL", "args": "NULL", "obj": "NULL"}
NULL, CLOSED, FOREIGN, RIGHT = range(4)


def table():
    """The members of the context, and which parameters may be null, from what writes debug mode."""
    path = os.path.join(ROOT, "Scripts", "generate-hpy-context.py")
    spec = importlib.util.spec_from_file_location("generate", path)
    generate = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(generate)
    with open(os.path.join(ROOT, "Scripts", "hpy-context.tsv")) as file:
        members = [generate.Member(line) for line in file if line.strip()]
    return [member for member in members if not member.is_handle and member.name not in LEFT_OUT], generate.NULLABLE


def source(members):
    """A module with `call(number, which, kind, sample)`: whether the function has raised."""
    cases = []
    for member in members:
        arguments = []
        for index, (kind, name) in enumerate(member.parameters):
            if kind == "HPy":
                right, wrong = "sample", "bad"
            elif kind == "void *":
                right, wrong = POINTERS[name], "NULL"
            else:
                right, wrong = GIVEN.get(kind, ("1", "1"))
            arguments.append(f"which == {index} ? {wrong} : {right}" if right != wrong else right)
        types = ", ".join(["HPyContext *", *(kind for kind, _ in member.parameters)])
        call = f"(({member.result} (*)({types}))functions[{member.number}])({', '.join(['ctx', *arguments])})"
        if member.result == "HPy":
            call = f"HPy made = {call}; if (!HPy_IsNull(made)) HPy_Close(ctx, made);"
        else:
            call += ";"
        if member.name == "Close" or member.name.endswith("Builder_Build") or member.name.endswith("Builder_Cancel") or member.name == "Tracker_Close":
            call += " return HPyLong_FromLong(ctx, HPyErr_Occurred(ctx));"
        cases.append(f"    case {member.number}: {{ {call} break; }}")
    return SOURCE.replace("@CASES@", "\n".join(cases))


SOURCE = r"""
#include <hpy.h>

static HPyType_Spec specification = { .name = "misused.Type", .basicsize = 8 };
static HPyGlobal global;
static HPyGlobal *globals[] = { &global, NULL };

static HPy called(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names) { return HPy_Dup(ctx, ctx->h_None); }
static HPyCallFunction call = { .impl = called };

static HPy nothing[2];

static const HPy *wrong_items(long kind) { return kind == 0 ? NULL : nothing; }

HPyDef_METH(call_wrong, "call", HPyFunc_VARARGS)
static HPy call_wrong_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    static const char foreign[64];
    long function = HPyLong_AsLong(ctx, args[0]), which = HPyLong_AsLong(ctx, args[1]), kind = HPyLong_AsLong(ctx, args[2]);
    HPy sample = HPy_Dup(ctx, args[3]), bad = HPy_NULL, items[] = { sample, sample }, result = HPy_NULL;
    if (kind == 1) {
        bad = HPy_Dup(ctx, sample);
        HPy_Close(ctx, bad);
    } else if (kind == 2) {
        bad = (HPy){(HPy_ssize_t)foreign};
    }
    void **functions = (void **)&ctx->h_None;
    HPyField field = HPyField_NULL;
    HPy_ssize_t number = 0;
    void *data = NULL;
    HPyListBuilder list = HPyListBuilder_New(ctx, 2);
    HPyTupleBuilder tuple = HPyTupleBuilder_New(ctx, 2);
    HPyTracker tracker = HPyTracker_New(ctx, 2);
    switch (function) {
@CASES@
    }
    int raised = HPyErr_Occurred(ctx);
    HPyErr_Clear(ctx);
    HPyListBuilder_Cancel(ctx, list);
    HPyTupleBuilder_Cancel(ctx, tuple);
    HPyTracker_ForgetAll(ctx, tracker);
    HPyTracker_Close(ctx, tracker);
    if (!HPy_IsNull(result))
        HPy_Close(ctx, result);
    HPy_Close(ctx, sample);
    return HPyLong_FromLong(ctx, raised);
}

static HPyDef *defines[] = { &call_wrong, NULL };
static HPyModuleDef definition = { .defines = defines, .globals = globals };
HPy_MODINIT(misused, definition)
"""


def build(folder, include, library):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, NAME + ".c")
    text = source(table()[0])
    target = os.path.join(folder, NAME + ".hpy0.so")
    if os.path.exists(target) and open(path).read() == text:
        return
    with open(path, "w") as file:
        file.write(text)
    subprocess.run(["cc", "-O1", "-g", "-w", "-shared", "-fPIC", "-DHPY", "-DHPY_ABI_UNIVERSAL", "-I", include, path, library, "-o", target], check=True)


def check(folder, timeout):
    """Outcomes, one for each function."""
    sys.path.insert(0, os.path.dirname(HERE))
    import support
    outcome = support.run([*support.taipan(), os.path.abspath(__file__), folder], timeout=timeout)
    lines = outcome.out.decode(errors="replace").splitlines()
    outcomes = {f"misuse: {line[3:]}": "PASSED" for line in lines if line.startswith("ok ")}
    for line in lines:
        if line.startswith("FAIL "):
            outcomes[f"misuse: {line[5:]}"] = "FAILED"
    if outcome.status != 0 or "ok end" not in lines:
        outcomes[f"misuse: {outcome.ending()}"] = "ERROR"
        print(*outcome.err.decode(errors="replace").splitlines()[-10:], sep="\n")
    return outcomes


# MARK: Under Taipan

def attempt(function, errors):
    """How a call in a process of its own ended: `nothing`, `raised`, `fatal`, or a crash."""
    errors.seek(0)
    errors.truncate()
    child = os.fork()
    if child == 0:
        os.dup2(errors.fileno(), 2)
        try:
            os._exit(1 if function() else 0)
        except BaseException:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) < 2:
        return "raised" if os.WEXITSTATUS(status) else "nothing"
    errors.seek(0)
    fatal = b"Fatal Python error: HPy_FatalError: " in errors.read()
    return "fatal" if fatal and os.WIFSIGNALED(status) else f"crash ({status})"


def main(folder):
    import tempfile
    import hpy.universal
    path = os.path.join(folder, NAME + ".hpy0.so")
    module = hpy.universal.load(NAME, path, importlib.util.spec_from_file_location(NAME, path), mode=hpy.universal.MODE_DEBUG)
    samples = [None, [1, 2], {"text": 1}, "text", 3, (1, 2), b"text", int, 1.5, slice(1), len]
    members, nullable = table()
    with tempfile.TemporaryFile() as errors:
        for member in members:
            wrong = []

            def expect(which, kind, sample, allowed, what):
                ending = attempt(lambda: module.call(member.number, which, kind, sample), errors)
                if ending not in allowed:
                    wrong.append(f"{what} beside {sample!r}: {ending}")

            for sample in samples:
                expect(-1, RIGHT, sample, {"nothing", "raised", "fatal"}, "right")
            for index, (kind, name) in enumerate(member.parameters):
                may_be_null = name in nullable.get(member.name, ()) or name in HARMLESS.get(member.name, ())
                if kind == "HPy":
                    for sample in samples:
                        expect(index, NULL, sample, {"raised", "fatal"} | ({"nothing"} if may_be_null else set()), f"null {name}")
                    later = {"nothing"} if member.name == "Tracker_Add" else set()
                    for sample in samples[:2]:
                        expect(index, CLOSED, sample, {"fatal"} | later, f"closed {name}")
                        expect(index, FOREIGN, sample, {"fatal"} | later, f"foreign {name}")
                elif "*" in kind or kind.startswith("HPy"):
                    for sample in samples:
                        for how in (NULL, CLOSED):
                            expect(index, how, sample, {"nothing", "raised", "fatal"}, f"null {name}")
            print(f"FAIL {member.name}: {'; '.join(wrong[:4])}" if wrong else f"ok {member.name}", flush=True)
    print("ok end")


if __name__ == "__main__":
    main(sys.argv[1])
