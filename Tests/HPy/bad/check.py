"""What the modules of `modules.c` get: run by Taipan in a folder of theirs, `check.py FOLDER MODE`. A line for each check, `ok NAME` or `FAIL NAME: why`.

Nothing here may crash. It is also run with a collection at almost every allocation, which must not lose anything.
"""
import importlib.util, os, re, subprocess, sys

import hpy.universal
from hpy.universal import _debug

FOLDER, MODE = sys.argv[1], sys.argv[2]
NUMBER = {"universal": hpy.universal.MODE_UNIVERSAL, "debug": hpy.universal.MODE_DEBUG, "trace": hpy.universal.MODE_TRACE}[MODE]

# Module, exception of `load`, and what its text must contain.
LOADING = [
    ("other_major", RuntimeError, r"requires unsupported version of the HPy runtime. Requested version: 7.0. Current HPy version: 0.0"),
    ("other_minor", RuntimeError, r"Requested version: 0.9"),
    ("no_symbols", RuntimeError, r"Cannot locate the required minimal HPy versions as symbols 'get_required_hpy_minor_version_no_symbols'"),
    ("no_context", RuntimeError, r"while trying to find symbol 'HPyInitGlobalContext_no_context'"),
    ("no_init", RuntimeError, r"while trying to find symbol 'HPyInit_no_init'. Did you use the HPy_MODINIT macro"),
    ("null_definition", RuntimeError, r"Function 'HPyInit_null_definition' returned NULL"),
    ("null_method_name", SystemError, r"null pointer"),
    ("null_method", SystemError, r"method 'broken' has no function"),
    ("odd_signature", ValueError, r"Unsupported HPyMeth signature"),
    ("odd_kind", SystemError, r"[Uu]nsupported.*77|unknown kind 77"),
    ("type_slot", SystemError, r"Unsupported slot in HPyModuleDef.defines \(value: 66\)"),
    ("null_exec", SystemError, r"slot has no function"),
    ("negative_size", SystemError, r"HPyModuleDef.size < 0"),
    ("state", SystemError, r"Module state is not supported yet in HPy"),
    ("two_creates", SystemError, r"Multiple definitions of the HPy_mod_create slot"),
    ("create_and_methods", SystemError, r"defines a HPy_mod_create slot and some other slots or methods"),
    ("create_and_doc", SystemError, r"some of the other fields are not set to their default value"),
    ("create_nothing", SystemError, r"creation of module .* failed without setting an exception"),
    ("create_raising", SystemError, r"creation of module .* raised unreported exception"),
    ("create_module", SystemError, r"HPy_mod_create slot returned a builtin module object"),
    ("exec_failing", SystemError, r"execution of module .* failed without setting an exception"),
    ("exec_raising", SystemError, r"execution of module .* raised unreported exception"),
    ("exec_proper", KeyError, r"reported"),
    ("legacy_methods", ImportError, r"legacy methods.*Port what uses Python.h to HPy, then build with --hpy-abi=universal"),
]

# Of the wrong specifications of types, in their order.
TYPES = [
    (SystemError, r"Type spec does not define the name field"),
    (ImportError, r"legacy.*--hpy-abi=universal"),
    (ImportError, r"legacy.*--hpy-abi=universal"),
    (ValueError, r"invalid shape: 44"),
    (SystemError, r"-8 bytes"),
    (ValueError, r"You must provide an HPy_tp_traverse slot"),
    (SystemError, r"unknown slot 9999"),
    (SystemError, r"unknown slot 2001"),
    (SystemError, r"a slot has no function"),
    (SystemError, r"method 'method' has no function"),
    (SystemError, r"null pointer"),
    (ValueError, r"Unsupported HPyMeth signature"),
    (SystemError, r"null pointer"),
    (SystemError, r"null pointer"),
    (SystemError, r"unknown kind 55"),
    (TypeError, r"basicsize==0 but defines members"),
    (TypeError, r"Cannot have HPy_tp_call and explicit member '__vectorcalloffset__'"),
    (TypeError, r"Cannot use HPy call protocol with var objects"),
]


def report(name, problem=None):
    print(f"FAIL {name}: {problem}" if problem else f"ok {name}", flush=True)


def path(name):
    return os.path.join(FOLDER, name + ".hpy0.so")


def load(name):
    spec = importlib.util.spec_from_file_location(name, path(name))
    return hpy.universal.load(name, path(name), spec, mode=NUMBER)


def raises(name, kind, pattern, function, *arguments):
    try:
        result = function(*arguments)
    except BaseException as error:
        if type(error) is not kind or not re.search(pattern, str(error), re.S):
            return report(name, f"{type(error).__name__}: {error}")
        return report(name)
    report(name, f"no exception, but {result!r}")


def loading():
    for name, kind, pattern in LOADING:
        raises(name, kind, pattern, load, name)
    report("null_defines", None if load("null_defines").__doc__ == "empty" else "it is not empty")
    # The import system knows only one exception for a module that cannot be loaded, and keeps none of it.
    sys.path.insert(0, FOLDER)
    for name in ("other_major", "no_symbols", "no_init", "null_definition"):
        raises(f"import {name}", ImportError, name, __import__, name)
        if name in sys.modules:
            report(f"import {name}", "it is in sys.modules")


def types():
    module = load("types")
    for number, (kind, pattern) in enumerate(TYPES):
        raises(f"type {number}", kind, pattern, module.make, number)
    raises("type without specification", SystemError, r"null (handle or )?pointer", module.null_spec)
    for name, parameter, kind, pattern in [
        ("base that is no type", (1, 5), TypeError, r"bases must be types|type"),
        ("final base", (1, bool), TypeError, r"type 'bool' is not an acceptable base type"),
        ("bases that are no tuple", (2, [object]), TypeError, r"HPyType_SpecParam_BasesTuple must be a tuple"),
        ("empty bases", (2, ()), None, None),
        ("metaclass that is no type", (3, 5), TypeError, r"is not a subclass of 'type'"),
        ("metaclass that is no metaclass", (3, int), TypeError, r"is not a subclass of 'type'"),
        ("unknown parameter", (99, int), TypeError, r"unknown HPyType_SpecParam specification"),
    ]:
        if kind is None:
            report(name, None if module.derive(*parameter).__mro__[1] is object else "no object")
        else:
            raises(name, kind, pattern, module.derive, *parameter)
    odd, empty = module.odd_types()
    raises("member of unknown type", SystemError, "bad memberdescr type", lambda: odd().odd)
    raises("setting a member of unknown type", SystemError, "bad memberdescr type", setattr, odd(), "odd", 1)
    raises("getset without getter", AttributeError, "", lambda: empty().empty)
    raises("getset without setter", AttributeError, "", setattr, empty(), "empty", 1)


def results():
    module = load("results")
    thing = module.make()
    class Derived(thing):
        pass
    for make in (thing, Derived):
        one = make()
        uses = {
            "noargs": module.noargs, "one": lambda: module.one(1), "varargs": lambda: module.varargs(1, 2), "keywords": lambda: module.keywords(1, a=2), "new": lambda: make(1),
            "init": lambda: make(key=1), "repr": lambda: repr(one), "str": lambda: str(one), "hash": lambda: hash(one), "call": lambda: one(1), "compare": lambda: one < one,
            "len": lambda: len(one), "getitem": lambda: one[1], "setitem": lambda: one.__setitem__(1, 2), "delitem": lambda: one.__delitem__(1), "in": lambda: 1 in one,
            "bool": lambda: bool(one), "add": lambda: one + 1, "radd": lambda: 1 + one, "pow": lambda: one ** 2, "int": lambda: int(one), "getter": lambda: one.value,
            "setter": lambda: setattr(one, "value", 1), "method": one.method, "unbound method": lambda: thing.method(one),
        }
        for wrong, pattern in ((0, r"without (setting an )?exception( set)?$"), (1, "with an exception set")):
            module.set_wrong(wrong)
            returned = ("NULL without", "a result with an")[wrong] + (" setting an exception", " exception set")[wrong]
            raises(f"words for a function {wrong}", SystemError, f"^<built-in function one> returned {returned}$", module.one, 1)
            raises(f"words for a method {wrong}", SystemError, rf"^<method 'method' of '[\w.]+' objects> returned {returned}$", lambda: one.method())
            for name, use in uses.items():
                raises(f"{make.__name__} {name} {wrong}", SystemError, pattern, use)
            try:
                memoryview(one)
            except (BufferError, KeyError, SystemError):
                report(f"{make.__name__} buffer {wrong}")
            else:
                report(f"{make.__name__} buffer {wrong}", "no exception")
    # In compiled code as well.
    def loop():
        for _ in range(3000):
            try:
                module.one(_)
            except SystemError as error:
                last = error
        return last
    for wrong, pattern in ((0, "without setting an exception"), (1, "with an exception set")):
        module.set_wrong(wrong)
        report(f"loop {wrong}", None if pattern in str(loop()) else "another exception")


def ends(name, call, status, text, **environment):
    """A process of its own that makes a call and ends as it should."""
    code = f"import sys; sys.path.insert(0, {FOLDER!r}); import handles; {call}; print('survived')"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "HPY": MODE, **environment}, capture_output=True, text=True)
    if status is not None and done.returncode != status or not re.search(text, done.stdout + done.stderr):
        return report(name, f"status {done.returncode}: {done.stdout} {done.stderr}")
    report(name)


def handles():
    module = load("handles")
    if MODE != "debug":
        # Closing means nothing here.
        report("closing twice", None if module.twice([1]) is None else "no None")
        report("closed handle", None if module.closed([1]) == "[1]" else "no repr")
        return
    seen = []
    _debug.set_on_invalid_handle(lambda: seen.append("invalid"))
    module.twice([1])
    report("closing twice", None if seen == ["invalid"] else f"{seen}")
    module.closed([1])
    report("closed handle", None if seen == ["invalid"] * 2 else f"{seen}")
    # Python's view of a handle outlives it, and may come to show another.
    generation = _debug.new_generation()
    for _ in range(50):
        module.leak([1])
    views = _debug.get_open_handles(generation)
    for view in views:
        view._force_close()
    size = _debug.get_closed_handles_queue_max_size()
    _debug.set_closed_handles_queue_max_size(2)
    for _ in range(1500):
        module.twice([2])
    shown = [f"{view.is_closed} {view.obj!r} {view!r}" for view in views]
    report("views of closed handles", None if all("CLOSED" in text or "[" in text for text in shown) else shown)
    for view in views:
        try:
            view._force_close()
        except ValueError:
            pass
    seen.clear()
    _debug.set_closed_handles_queue_max_size(size)
    _debug.set_on_invalid_handle(None)
    from hpy.debug import HPyLeakError, LeakDetector
    import hpy.debug
    hpy.debug.set_handle_stack_trace_limit(16)
    def leaking():
        with LeakDetector():
            module.leak("leaked text")
    raises("leak", HPyLeakError, r"(?s)1 unclosed handle:.*'leaked text'.*Allocation stacktrace:.*handles.hpy0.so", leaking)
    hpy.debug.disable_handle_stack_traces()
    with LeakDetector():
        pass
    report("no leak")
    # What cannot go on ends the process with a word, as upstream's does.
    ends("closing twice without a hook", "handles.twice(1)", -6, "Invalid usage of already closed handle")
    ends("closing a constant", "handles.close_constant()", -6, "Invalid usage of already closed handle")
    ends("closed tracker", "handles.tracker()", -6, "Invalid usage of already closed tracker")
    ends("closed builder", "handles.builder()", -6, "Invalid usage of already closed builder")
    # The library is one, and so is its static memory, when it is loaded in another mode as well.
    other = f"import hpy.universal; other = hpy.universal.load('handles', {path('handles')!r}, handles.__spec__, mode=hpy.universal.MODE_UNIVERSAL)"
    ends("another mode's handle", other + "; other.store([1]); handles.use_stored()", -6, "Invalid usage of a handle that is not of this context")
    # 0x1000 is in no memory at all, and a handle may be anything where C did not set it.
    for word in (0x1000, 0x1234, 0x7FFF_FFFF_FFF0, -16):
        ends(f"the word {word:#x} as a handle", f"handles.use_word({word})", -6, "Invalid usage of a handle that is not of this context")
        ends(f"closing the word {word:#x}", f"handles.close_word({word})", -6, "Invalid usage of a handle that is not of this context")
    ends("another call's context", "handles.keep_context(); handles.other_context()", -6, "Wrong HPy Context!")
    ends("writing to a text", "handles.write_text('text')", -11, "")
    ends("writing to bytes", "handles.write_bytes(b'text')", -11, "")
    ends("text of a closed handle", "handles.text_of_closed('text')", -11, "")


def main():
    loading()
    types()
    results()
    handles()
    report("end")


main()
