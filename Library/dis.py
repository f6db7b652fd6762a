"""Disassembler of Taipan's bytecode, with the interface of CPython's dis module.

Offsets count bytes of co_code, four to a word.  An instruction's argval is the constant, name or jump
target that it is about, if there is just one such; argrepr describes all operands, registers as
the locals' names or as r0, r1 and so on.
"""

import sys
import types
import collections
import io

from opcode import *
from opcode import (
    __all__ as _opcodes_all,
    _extra_words, _operands, _falls_through, _frame_header_words,
)

__all__ = ["code_info", "dis", "disassemble", "distb", "disco",
           "findlinestarts", "findlabels", "show_code",
           "get_instructions", "Instruction", "Bytecode"] + _opcodes_all
del _opcodes_all

_have_code = (types.MethodType, types.FunctionType, types.CodeType,
              classmethod, staticmethod, type)

# The bits of co_flags by name.
COMPILER_FLAG_NAMES = {
     1: "OPTIMIZED",
     2: "NEWLOCALS",
     4: "VARARGS",
     8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
   128: "COROUTINE",
   256: "ITERABLE_COROUTINE",
   512: "ASYNC_GENERATOR",
}


def pretty_flags(flags):
    """The names of the flags that are set, with a comma between them."""
    names = []
    for bit in range(32):
        flag = 1 << bit
        if flags & flag:
            names.append(COMPILER_FLAG_NAMES.get(flag, hex(flag)))
            flags ^= flag
            if not flags:
                break
    else:
        names.append(hex(flags))
    return ", ".join(names)


def _try_compile(source, name):
    """The code of an expression, or else of statements."""
    try:
        return compile(source, name, 'eval')
    except SyntaxError:
        return compile(source, name, 'exec')


def _get_code_object(x):
    """The code object of a method, function, generator, string or code object."""
    x = getattr(x, '__func__', x)
    for name in ('__code__', 'gi_code', 'ag_code', 'cr_code'):
        if hasattr(x, name):
            x = getattr(x, name)
            break
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if hasattr(x, 'co_code'):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False):
    """Disassemble classes, methods, functions, and other compiled objects.

    Without an argument, disassemble the last traceback.  Nested code is disassembled too, down to
    the given depth.
    """
    if x is None:
        distb(file=file)
        return
    x = getattr(x, '__func__', x)
    for name in ('__code__', 'gi_code', 'ag_code', 'cr_code'):
        if hasattr(x, name):
            x = getattr(x, name)
            break
    if hasattr(x, '__dict__'):  # A class or module
        for name, value in sorted(x.__dict__.items()):
            if isinstance(value, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(value, file=file, depth=depth)
                except TypeError as error:
                    print("Sorry:", error, file=file)
                print(file=file)
    elif hasattr(x, 'co_code'):
        _disassemble_recursive(x, file=file, depth=depth)
    elif isinstance(x, str):
        _disassemble_recursive(_try_compile(x, '<dis>'), file=file, depth=depth)
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False):
    """Disassemble a traceback (by default the last one)."""
    if tb is None:
        try:
            tb = sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
        while tb.tb_next:
            tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file)


def code_info(x):
    """A text about the code of a function, string or other compiled object."""
    return _format_code_info(_get_code_object(x))


def _format_code_info(co):
    lines = ["Name:              %s" % co.co_name,
             "Filename:          %s" % co.co_filename,
             "Argument count:    %s" % co.co_argcount,
             "Positional-only arguments: %s" % co.co_posonlyargcount,
             "Kw-only arguments: %s" % co.co_kwonlyargcount,
             "Number of locals:  %s" % co.co_nlocals,
             "Stack size:        %s" % co.co_stacksize,
             "Flags:             %s" % pretty_flags(co.co_flags)]
    for title, items, show in (("Constants:", co.co_consts, repr),
                               ("Names:", co.co_names, str),
                               ("Variable names:", co.co_varnames, str),
                               ("Free variables:", co.co_freevars, str),
                               ("Cell variables:", co.co_cellvars, str)):
        if items:
            lines.append(title)
            lines.extend("%4d: %s" % (i, show(item)) for i, item in enumerate(items))
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Print what code_info tells."""
    print(code_info(co), file=file)


Positions = collections.namedtuple(
    'Positions', ['lineno', 'end_lineno', 'col_offset', 'end_col_offset'], defaults=[None] * 4)

_Instruction = collections.namedtuple(
    "_Instruction",
    ['opname', 'opcode', 'arg', 'argval', 'argrepr', 'offset',
     'starts_line', 'is_jump_target', 'positions'],
    defaults=[None])

_ExceptionTableEntry = collections.namedtuple(
    "_ExceptionTableEntry", "start end target depth lasti")


class Instruction(_Instruction):
    """One instruction of a code object.

    opname and opcode say which; arg holds the operands as the bytes of the word; argval is the constant, name
    or jump target, and argrepr a text about all operands; offset is where the instruction starts;
    starts_line is the line that starts here, or None; is_jump_target tells whether jumps come here; and
    positions is the place in the source.
    """

    __slots__ = ()

    def _disassemble(self, lineno_width=3, mark_as_current=False, offset_width=4):
        parts = []
        if lineno_width:
            parts.append('%*d' % (lineno_width, self.starts_line) if self.starts_line is not None
                         else ' ' * lineno_width)
        parts.append('-->' if mark_as_current else '   ')
        parts.append('>>' if self.is_jump_target else '  ')
        parts.append(repr(self.offset).rjust(offset_width))
        parts.append(self.opname.ljust(20))
        if self.argrepr:
            parts.append(self.argrepr)
        return ' '.join(parts).rstrip()


def _words(code):
    for i in range(0, len(code) - 3, 4):
        yield int.from_bytes(code[i:i + 4], 'little')


def _signed(word, bits):
    return word - (1 << bits) if word >> (bits - 1) else word


def _unpack(code):
    """Yield (offset, end offset, opcode, [a, b, c, x, y], jump target or None) of each instruction."""
    words = list(_words(code))
    i = 0
    while i < len(words):
        start = i
        high = [0, 0, 0]
        while True:
            word = words[i]
            i += 1
            op = word & 255
            abc = [high[k] << 8 | word >> (8 * k + 8) & 255 for k in range(3)]
            if op != EXTENDED_ARG or i >= len(words):
                break
            high = abc
        if op >= len(_extra_words):
            yield start * 4, i * 4, op, abc, None
            continue
        extra = [_signed(w, 32) for w in words[i:i + _extra_words[op]]]
        i += _extra_words[op]
        kinds = _operands[op]
        target = None
        if kinds[0] == 'offset':
            distance = word >> 8
            target = i - distance if 'loopCache' in kinds else i + _signed(distance, 24)
        elif kinds[3] == 'jump' and extra:
            target = i + extra[0]
        yield start * 4, i * 4, op, abc + extra, None if target is None else target * 4


def _cache_names(co):
    """The names of the code's inline caches, as co_exceptiontable holds them."""
    return _parse_table(co)[1]


def _parse_table(co):
    data = iter(co.co_exceptiontable)

    def number():
        value = shift = 0
        for byte in data:
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        return value

    ranges = [tuple(number() for _ in range(4)) for _ in range(number())]
    caches = [number() - 1 for _ in range(number())]
    return ranges, caches


def _parse_exception_table(co):
    return [_ExceptionTableEntry(start * 4, end * 4, target * 4, register, False)
            for start, end, target, register in _parse_table(co)[0]]


def get_instructions(x, *, first_line=None, show_caches=False, adaptive=False):
    """Iterate over the instructions of a function, method, string or code object.

    If first_line is given, lines are counted from there.
    """
    co = _get_code_object(x)
    offset = 0 if first_line is None else first_line - co.co_firstlineno
    return _get_instructions(co, offset)


def _get_instructions(co, line_offset=0):
    starts = dict(findlinestarts(co))
    labels = set(_labels(co.co_code))
    labels.update(entry.target for entry in _parse_exception_table(co))
    caches = _cache_names(co)
    positions = [Positions(*p) for p in co.co_positions()]
    for offset, end, op, operands, target in _unpack(co.co_code):
        value, text = _describe(co, caches, op, operands, target)
        line = starts.get(offset)
        if line is not None:
            line += line_offset
        position = positions[offset // 2] if offset // 2 < len(positions) else Positions()
        arg = int.from_bytes(co.co_code[end - 4 * _extra_words[op] - 3:end - 4 * _extra_words[op]], 'little') \
            if op < len(_extra_words) else None
        yield Instruction(opname[op], op, arg, value, text, offset, line, offset in labels, position)


def _describe(co, caches, op, operands, target):
    """argval and argrepr of an instruction."""
    if op >= len(_operands):
        return None, ''
    kinds = _operands[op]
    value = None
    parts = []

    def register(n):
        if n < len(co.co_varnames):
            return co.co_varnames[n]
        return 'r%d' % n

    for kind, n in zip(kinds, operands):
        if kind in ('unused', 'offset', 'loopCache', 'jump'):
            continue
        if kind in ('reads', 'writes', 'updates', 'readsWindow', 'writesWindow'):
            parts.append(register(n))
        elif kind in ('callWindow', 'methodWindow'):
            parts.append('[r%d]' % n)
        elif kind in ('constant', 'code'):
            if opname[op] == 'LOAD_CONST':
                n = n & 255 | operands[2] << 8
            value = co.co_consts[n] if 0 <= n < len(co.co_consts) else None
            parts.append('(%r)' % (value,))
        elif kind == 'free':
            value = co.co_freevars[n] if n < len(co.co_freevars) else None
            parts.append('^%s' % value)
        elif kind in ('name', 'cache'):
            if kind == 'cache':
                n = caches[n] if 0 <= n < len(caches) else -1
            value = co.co_names[n] if 0 <= n < len(co.co_names) else None
            parts.append('(%s)' % value)
        else:
            parts.append('#%d' % n)
    if target is not None:
        value = target
        parts.append('to %d' % target)
    return value, ' '.join(parts)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False):
    """Disassemble a code object, marking the instruction at offset lasti."""
    _disassemble_code(co, lasti, file=file)


def _disassemble_code(co, lasti=-1, *, file=None, line_offset=0):
    lines = [line for _, line in findlinestarts(co)]
    width = max(3, len(str(max(lines) + line_offset))) if lines else 0
    offset_width = max(4, len(str(len(co.co_code))))
    current = lasti - lasti % 4
    for instruction in _get_instructions(co, line_offset):
        if instruction.starts_line is not None and instruction.offset > 0:
            print(file=file)
        print(instruction._disassemble(width, instruction.offset == current, offset_width), file=file)
    entries = _parse_exception_table(co)
    if entries:
        print("ExceptionTable:", file=file)
        for entry in entries:
            print("  %d to %d -> %d [r%d]" % (entry.start, entry.end - 4, entry.target, entry.depth), file=file)


def _disassemble_recursive(co, *, file=None, depth=None):
    disassemble(co, file=file)
    if depth is None or depth > 0:
        if depth is not None:
            depth -= 1
        for x in co.co_consts:
            if hasattr(x, 'co_code'):
                print(file=file)
                print("Disassembly of %r:" % (x,), file=file)
                _disassemble_recursive(x, file=file, depth=depth)


disco = disassemble


def _labels(code):
    seen = []
    for _, _, _, _, target in _unpack(code):
        if target is not None and target not in seen:
            seen.append(target)
    return seen


def findlabels(code):
    """The offsets that the instructions of raw bytecode jump to."""
    return _labels(code)


def findlinestarts(code):
    """Yield (offset, line) where a line of source starts in a code object."""
    last = None
    for start, end, line in code.co_lines():
        if line is not None and line != last:
            last = line
            yield start, line


def _find_imports(co):
    """Yield (name, level, from-list) of each import that a code object does."""
    constants = {}
    for instruction in _get_instructions(co):
        operands = instruction.arg or 0
        if instruction.opname == 'LOAD_CONST':
            constants[operands & 255] = instruction.argval
        elif instruction.opname == 'IMPORT_NAME':
            yield (instruction.argval, constants.get(operands >> 16 & 255, 0), constants.get(operands >> 8 & 255))


def _find_store_names(co):
    """Yield the names that a code object stores in its namespace or the globals."""
    for instruction in _get_instructions(co):
        if instruction.opname in ('STORE_NAME', 'STORE_GLOBAL'):
            yield instruction.argval


class Bytecode:
    """The instructions of a piece of compiled code.

    Iterating over it yields them as Instruction.
    """

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False, adaptive=False):
        self.codeobj = co = _get_code_object(x)
        if first_line is None:
            self.first_line = co.co_firstlineno
            self._line_offset = 0
        else:
            self.first_line = first_line
            self._line_offset = first_line - co.co_firstlineno
        self._original_object = x
        self.current_offset = current_offset
        self.exception_entries = _parse_exception_table(co)
        self.show_caches = show_caches
        self.adaptive = adaptive

    def __iter__(self):
        return _get_instructions(self.codeobj, self._line_offset)

    def __repr__(self):
        return "{}({!r})".format(self.__class__.__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The bytecode of the innermost frame of a traceback."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti, show_caches=show_caches, adaptive=adaptive)

    def info(self):
        """A text about the code object."""
        return _format_code_info(self.codeobj)

    def dis(self):
        """The disassembly as a text."""
        output = io.StringIO()
        _disassemble_code(self.codeobj, -1 if self.current_offset is None else self.current_offset,
                          file=output, line_offset=self._line_offset)
        return output.getvalue()


def _test():
    """Disassemble a file, by default standard input."""
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument('infile', type=argparse.FileType('rb'), nargs='?', default='-')
    arguments = parser.parse_args()
    with arguments.infile as infile:
        source = infile.read()
    dis(compile(source, arguments.infile.name, "exec"))


if __name__ == "__main__":
    _test()
