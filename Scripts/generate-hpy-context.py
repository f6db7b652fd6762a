#!/usr/bin/env python3
"""Writes what follows from the table of HPy's context, `Scripts/hpy-context.tsv`.

Each line of the table is one member of the context struct, in the ABI's order: its number, then `handle` and a name, or a name, a result type and
parameters. Generated are the struct itself, functions for members that nobody filled, functions that log the handles they give out, and the contexts of debug and trace mode, whose functions
wrap those of the universal context. What debug mode does by hand is in `Sources/HPy/Debug/DebugFunctions.swift`.

    Scripts/generate-hpy-context.py [--check]
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "// Written by Scripts/generate-hpy-context.py from Scripts/hpy-context.tsv: change those.\n"
SPARE = 48

C_TYPES = {"HPy": "Value", "HPyField": "Value", "HPyGlobal": "Value", "HPy_ssize_t": "intptr_t", "HPy_hash_t": "intptr_t", "HPy_UCS4": "uint32_t", "wchar_t": "int32_t",
           "HPyListBuilder": "intptr_t", "HPyTupleBuilder": "intptr_t", "HPyTracker": "intptr_t", "HPyThreadState": "intptr_t"}
# Handles that debug mode passes through unchanged or treats by hand.
BY_HAND = {"Dup", "Close", "Type_FromSpec", "Type_GenericNew", "Tuple_FromArray", "Call", "CallMethod", "ListBuilder_New", "ListBuilder_Set", "ListBuilder_Build",
           "ListBuilder_Cancel", "TupleBuilder_New", "TupleBuilder_Set", "TupleBuilder_Build", "TupleBuilder_Cancel", "Tracker_New", "Tracker_Add",
           "Tracker_ForgetAll", "Tracker_Close", "Bytes_GET_SIZE", "Bytes_AsString", "Bytes_AS_STRING", "Unicode_AsUTF8AndSize", "Type_GetName", "ContextVar_Get",
           "AsStruct_Object", "AsStruct_Legacy", "AsStruct_Type", "AsStruct_Long", "AsStruct_Float", "AsStruct_Unicode", "AsStruct_Tuple", "AsStruct_List",
           "AsStruct_Dict", "FatalError", "TypeCheck", "Type_IsSubtype", "Unicode_Substring", "ReenterPythonExecution", "LeavePythonExecution"}

# Parameters that may be the null handle, by function; debug mode reports it of the others.
NULLABLE = {"Repr": {"obj"}, "Str": {"obj"}, "ASCII": {"obj"}, "Bytes": {"obj"}, "Dump": {"h"}, "Is": {"obj", "other"}, "CallTupleDict": {"args", "kw"}, "SetAttr": {"value"}, "SetAttr_s": {"value"},
            "Err_SetObject": {"h_value"}, "Err_SetFromErrnoWithFilenameObjects": {"filename1", "filename2"}, "Err_NewException": {"base", "dict"}, "Err_NewExceptionWithDoc": {"base", "dict"},
            "Err_WarnEx": {"category"}, "Err_WriteUnraisable": {"obj"}, "EvalCode": {"locals"}, "Field_Store": {"h"}, "Global_Store": {"h"}, "ContextVar_New": {"default_value"},
            "Slice_New": {"start", "stop", "step"}}
# Pointers that may not be null, where the universal context's function relies on it.
POINTERS = {"HPyField *", "HPyGlobal *"}
# What a function returns when it has raised; functions that only answer a question say no.
FAILURES = {"HPy": ".empty", "int": "-1", "int32_t": "-1", "int64_t": "-1", "uint32_t": "UInt32.max", "uint64_t": "UInt64.max", "size_t": "-1", "HPy_ssize_t": "-1", "HPy_hash_t": "-1", "double": "-1",
            "HPy_UCS4": "UInt32.max", "void": "()", "void *": "nil"}
# Functions that `CHPy/Usual.c` has with and without the log of handles.
USUAL = {"Dup", "GetItem", "GetItem_i", "Dict_Keys"}
QUESTIONS = {"Is", "HasAttr", "HasAttr_s", "Capsule_IsValid", "Err_ExceptionMatches"}


class Member:
    def __init__(self, line):
        number, *rest = line.rstrip("\n").split("\t")
        self.number = int(number)
        self.is_handle = rest[0] == "handle"
        self.name = rest[1] if self.is_handle else rest[0]
        if not self.is_handle:
            self.result = rest[1]
            self.parameters = [re.fullmatch(r"(.*?)(\w+)", part.strip()).groups() for part in rest[2].split(",") if part.strip()] if len(rest) > 2 else []
            self.parameters = [(kind.strip(), name) for kind, name in self.parameters]


def c_type(text):
    pointer = text.endswith("*")
    base = text.rstrip("* ").removeprefix("const ")
    stars = text.count("*")
    constant = "const " if text.startswith("const ") else ""
    base = C_TYPES.get(base, base)
    return f"{constant}{base} " + " ".join("*_Nullable" for _ in range(stars)) if pointer else base


def header(members):
    lines = [NOTICE, "#ifndef TAIPAN_HPY_CONTEXT_H", "#define TAIPAN_HPY_CONTEXT_H", "", '#include "CSupport.h"', "",
             f"#define HPY_MEMBER_COUNT {len(members)}", f"#define HPY_SPARE_COUNT {SPARE}", "",
             "typedef struct HPyContext HPyContext;", "",
             "/// What every function of the ABI is reached through: handles and functions at places that never change.",
             "struct HPyContext {", "    const char *_Nullable name;", "    void *_Nullable _private;", "    int abi_version;"]
    for member in members:
        if member.is_handle:
            lines.append(f"    Value h_{member.name};")
        else:
            parameters = ", ".join(["HPyContext *_Nonnull ctx"] + [f"{c_type(kind)} {name}" for kind, name in member.parameters])
            lines.append(f"    {c_type(member.result)} (*_Nullable ctx_{member.name})({parameters});")
    lines += ["    /// Beyond the end: members that a newer HPy may have appended.", "    void (*_Nullable spare[HPY_SPARE_COUNT])(void);", "};", "",
              "/// Called for a member that this implementation does not have.",
              "extern void (*_Nullable taipan_hpy_missing)(HPyContext *_Nonnull ctx, const char *_Nonnull name);",
              "/// Points members that are null at functions that report them by name.",
              "void taipan_hpy_fill_missing(HPyContext *_Nonnull ctx);",
              "/// The name of a member by its number, null for a handle's or beyond the end.",
              "const char *_Nullable taipan_hpy_member_name(int number);", "", "#endif", ""]
    return "\n".join(lines)


def missing(members):
    lines = [NOTICE, '#include "CHPy.h"', "", "void (*taipan_hpy_missing)(HPyContext *ctx, const char *name) = 0;", ""]
    entries = [(m.number, f"ctx_{m.name}") for m in members if not m.is_handle]
    entries += [(len(members) + index, f"member {len(members) + index}") for index in range(SPARE)]
    for number, name in entries:
        lines.append(f'static intptr_t missing_{number}(HPyContext *ctx) {{ if (taipan_hpy_missing) taipan_hpy_missing(ctx, "{name}"); return 0; }}')
    lines += ["", "void taipan_hpy_fill_missing(HPyContext *ctx) {"]
    for m in members:
        if not m.is_handle:
            lines.append(f"    if (!ctx->ctx_{m.name}) ctx->ctx_{m.name} = (void *)missing_{m.number};")
    for index in range(SPARE):
        lines.append(f"    ctx->spare[{index}] = (void (*)(void))missing_{len(members) + index};")
    lines += ["}", "", "static const char *const names[HPY_MEMBER_COUNT] = {"]
    for m in members:
        lines.append(f'    {"0" if m.is_handle else chr(34) + "ctx_" + m.name + chr(34)},')
    lines += ["};", "", "const char *taipan_hpy_member_name(int number) { return number >= 0 && number < HPY_MEMBER_COUNT ? names[number] : 0; }", ""]
    return "\n".join(lines)


def logged(members):
    """The functions that give out handles, each with a handle's entry in the log behind it."""
    lines = [NOTICE, '#include "CHPy.h"', ""]
    for m in members:
        if gives_handles(m):
            parameters = ", ".join(["HPyContext *ctx"] + [f"{c_type(kind)} {name}".replace("_Nullable ", "").replace("*_Nullable", "*") for kind, name in m.parameters])
            call = f"taipan_hpy_plain()->ctx_{m.name}({', '.join(['ctx'] + [name for _, name in m.parameters])})"
            if m.result == "HPy":
                body = f"return taipan_hpy_log({call});"
            else:
                places = " ".join(f"if (status == 0 && {name}) taipan_hpy_log(*{name});" for kind, name in m.parameters if kind == "HPy *")
                body = f"{c_type(m.result)} status = {call}; {places} return status;"
            lines.append(f"static {c_type(m.result)} {m.name}({parameters}) {{ {body} }}")
    lines += ["", "void taipan_hpy_fill_logged(HPyContext *universal) {"]
    lines += [f"    universal->ctx_{m.name} = {m.name};" for m in members if gives_handles(m)]
    lines += ["}", ""]
    return "\n".join(lines)


def gives_handles(member):
    return not member.is_handle and member.name not in USUAL and (member.result == "HPy" or any(kind == "HPy *" for kind, _ in member.parameters))


def debug(members):
    lines = [NOTICE, "import CHPy", "import Objects", "", "extension DebugMode {",
             "    /// The functions that do nothing but translate handles.", "    static func fillGenerated(_ c: UnsafeMutablePointer<HPyContext>) {"]
    for m in members:
        if m.is_handle or m.name in BY_HAND:
            continue
        names = "".join(f", {name}" for _, name in m.parameters)
        arguments = "".join(f", DebugMode.take({name})" if kind == "HPy" else f", {name}" for kind, name in m.parameters)
        needed = [name for kind, name in m.parameters if kind == "HPy" and name not in NULLABLE.get(m.name, ())]
        pointers = [name for kind, name in m.parameters if kind in POINTERS]
        given = ["ctx"]
        if needed or pointers:
            given += [f'"{m.name}"', " || ".join([f"{name}.isEmpty" for name in needed] + [f"{name} == nil" for name in pointers])]
            if m.result != "HPy":
                given.append("0" if m.name in QUESTIONS or m.name.endswith("_Check") else FAILURES[m.result])
        how = "object" if m.result == "HPy" else "other"
        lines.append(f"        c.pointee.ctx_{m.name} = {{ ctx{names} in DebugMode.{how}({', '.join(given)}) {{ $0.pointee.ctx_{m.name}!($0{arguments}) }} }}")
    lines += ["    }", "}", ""]
    return "\n".join(lines)


def trace(members):
    lines = [NOTICE, "import CHPy", "import Objects", "", "extension TraceMode {",
             "    /// Every function, between two calls that count and time it.", "    static func fillGenerated(_ c: UnsafeMutablePointer<HPyContext>) {"]
    for m in members:
        if m.is_handle or m.name == "Type_FromSpec":
            continue
        names = "".join(f", {name}" for _, name in m.parameters)
        arguments = "".join(f", {name}" for _, name in m.parameters)
        how = "counted" if m.name.endswith("PythonExecution") else "traced"
        lines.append(f"        c.pointee.ctx_{m.name} = {{ ctx{names} in TraceMode.{how}(ctx, {m.number}) {{ TraceMode.universal.pointee.ctx_{m.name}!(TraceMode.universal{arguments}) }} }}")
    lines += ["    }", "}", ""]
    return "\n".join(lines)


def main():
    members = [Member(line) for line in open(ROOT / "Scripts/hpy-context.tsv") if line.strip()]
    assert [m.number for m in members] == list(range(len(members)))
    outputs = {"Sources/CHPy/include/HPyContext.h": header(members), "Sources/CHPy/Missing.c": missing(members), "Sources/CHPy/Logged.c": logged(members),
               "Sources/HPy/Debug/DebugContext.swift": debug(members), "Sources/HPy/Trace/TraceContext.swift": trace(members)}
    changed = []
    for name, text in outputs.items():
        path = ROOT / name
        if not path.exists() or path.read_text() != text:
            changed.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    if "--check" in sys.argv and changed:
        sys.exit("not up to date: " + ", ".join(changed))


if __name__ == "__main__":
    main()
