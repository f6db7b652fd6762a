"""The instruction set of Taipan's register machine, in the terms of CPython's opcode module.

An instruction is one 32-bit word, opcode in the low byte and the operands a, b and c above it,
perhaps with one or two words more (x and y).  Every name is in capitals with underscores, as
CPython's are.  The tables come from the native module _opcode.
"""

__all__ = ["cmp_op", "hasconst", "hasname", "hasjrel", "hasjabs",
           "haslocal", "hascompare", "hasfree", "opname", "opmap",
           "HAVE_ARGUMENT", "EXTENDED_ARG", "hasnargs", "stack_effect"]

from _opcode import stack_effect, _instructions, _frame_header_words

cmp_op = ('<', '<=', '==', '!=', '>', '>=')

hasconst = []
hasname = []
hasjrel = []
hasjabs = []
haslocal = []
hascompare = []
hasfree = []
hasnargs = []

opmap = {}
opname = ['<%r>' % (op,) for op in range(256)]

# For each opcode: the number of further words, the kinds of the operands a, b, c, x and y, and whether
# execution can go on behind the instruction.
_extra_words = []
_operands = []
_falls_through = []


def _capitals(name):
    return ''.join('_' + c if c.isupper() else c.upper() for c in name)


def _fill():
    for op, (name, extra, *kinds, falls) in enumerate(_instructions()):
        name = _capitals(name)
        opname[op] = name
        opmap[name] = op
        _extra_words.append(extra)
        _operands.append(tuple(kinds))
        _falls_through.append(falls)
        if 'constant' in kinds or 'code' in kinds:
            hasconst.append(op)
        if 'name' in kinds or 'cache' in kinds:
            hasname.append(op)
        if 'jump' in kinds or 'offset' in kinds:
            hasjrel.append(op)
        if 'free' in kinds:
            hasfree.append(op)
        if any(k.endswith(('reads', 'writes', 'updates', 'Window')) for k in kinds):
            haslocal.append(op)
        if name in ('LESS', 'LESS_EQUAL', 'EQUAL', 'NOT_EQUAL', 'GREATER', 'GREATER_EQUAL'):
            hascompare.append(op)
        if name.startswith('CALL'):
            hasnargs.append(op)


_fill()

# Every instruction has room for operands; only NOP is sure to have none.
HAVE_ARGUMENT = 1
EXTENDED_ARG = opmap['EXTENDED']

# What tools written for CPython look for: instructions of its that ours do the work of, and tables.
_counterparts = {'RETURN_VALUE': 'RETURN', 'YIELD_VALUE': 'YIELD', 'YIELD_FROM': 'YIELD_DELEGATED', 'EXTENDED_ARG': 'EXTENDED', 'JUMP_FORWARD': 'JUMP',
                 'JUMP_BACKWARD': 'JUMP_BACK'}
opmap.update((name, opmap[own]) for name, own in _counterparts.items() if name not in opmap)
_inline_cache_entries = [0] * 256
_specialized_instructions = []
_nb_ops = []
