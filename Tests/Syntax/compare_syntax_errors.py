"""Compares syntax errors with those of CPython 3.11: type, message, position and text.

usage: python3.11 compare_syntax_errors.py TOOL [--seed N] [--count N] [--doctests] [--trees]

Snippets come from three sources: `error_snippets.txt`, mutations of them and of the lines of the standard library, and, with
--doctests, the examples in CPython's own installed tests. With --trees, sources that compile are compared as trees too.
Errors that the compiler raises after parsing do not count: those snippets are parsed with `ast.parse` only.
"""
import argparse, ast, doctest, json, os, random, re, subprocess, sys, warnings
warnings.simplefilter('ignore')
sys.setrecursionlimit(20000)

SNIPPETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'error_snippets.txt')


def decode(snippet):
    text = snippet.replace('\\\\', '\0').replace('\\n', '\n').replace('\\t', '\t')
    text = re.sub(r'\\x(01|7f|a0)|\\u(200b|037e)', lambda m: chr(int(m[1] or m[2], 16)), text) if '"' not in text else text
    return text.replace('\0', '\\\\')


def theirs(source, mode, flags, version):
    try:
        if 'i' in flags:
            tree = compile(source, '<unknown>', mode, ast.PyCF_ONLY_AST | 0x4000 | 0x200, True)
        else:
            tree = ast.parse(source, mode=mode, type_comments='t' in flags, feature_version=(3, version) if version != 11 else None)
        return {'ok': ast.dump(tree, include_attributes=True)}
    except SyntaxError as e:
        return {'type': type(e).__name__, 'msg': e.msg, 'at': [e.lineno, e.offset, e.end_lineno, e.end_offset], 'text': e.text}
    except (MemoryError, RecursionError, ValueError, OverflowError) as e:
        return {'type': type(e).__name__, 'msg': str(e)}


TYPES = {'syntaxError': 'SyntaxError', 'indentationError': 'IndentationError', 'tabError': 'TabError', 'memoryError': 'MemoryError',
         'valueError': 'ValueError', 'recursionError': 'RecursionError'}


def ours(tool, cases):
    data = b''
    for source, mode, flags, version in cases:
        encoded = source.encode('utf-8', 'surrogatepass')
        data += b'%d %s %s %d\n' % (len(encoded), mode.encode(), (flags + 'd').encode(), version) + encoded
    run = subprocess.run([tool, 'errors'], input=data, capture_output=True)
    lines = run.stdout.decode('utf-8', 'replace').split('\n')[:-1]
    results = []
    for line in lines:
        result = json.loads(line)
        if 'type' in result:
            result['type'] = TYPES[result['type']]
            del result['incomplete']
            if result['type'] in ('MemoryError', 'RecursionError', 'ValueError'):
                result = {'type': result['type'], 'msg': result['msg']}
        results.append(result)
    if len(results) < len(cases):
        print('CRASH, status', run.returncode, 'on', repr(cases[len(results)]))
        results += [{}] * (len(cases) - len(results))
    return results


def doctests():
    for name in ('test_syntax', 'test_exceptions', 'test_fstring', 'test_patma', 'test_grammar', 'test_named_expressions', 'test_positional_only_arg',
                 'test_unpack_ex', 'test_genexps', 'test_generators', 'test_string_literals', 'test_eof', 'test_except_star', 'test_type_comments', 'test_exception_group'):
        path = f'/usr/lib/python3.11/test/{name}.py'
        if not os.path.exists(path):
            continue
        with open(path) as f:
            text = f.read()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 2000:
                yield node.value
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and '>>>' in node.value:
                try:
                    examples = doctest.DocTestParser().get_examples(node.value)
                except ValueError:
                    continue
                yield from (example.source for example in examples)


TOKENS = ['(', ')', '[', ']', '{', '}', ':', ',', ';', '=', '==', ':=', '*', '**', '-', 'not', 'lambda', 'if', 'else', 'elif', 'for', 'in', 'async', 'await', 'yield', 'from',
          'import', 'class', 'def', 'try:', 'except', 'finally', 'with', 'as', 'match', 'case', '_', 'x', 'a.b', '1', '2j', "'s'", "f'{x}'", "b'b'", '\n', '\n  ', '\n    ',
          'return', 'del', 'print', 'True', 'None', '...', '.', '@', '->', '/', '|', 'is', 'and', 'or', '+=', '\\\n', '"', "'", '"""', 'é', '?', '0o9', 'f"{a b}"']


def mutate(rng, source):
    parts = re.findall(r'\w+|\s+|[^\w\s]', source)
    for _ in range(rng.randint(1, 2)):
        if not parts:
            break
        at = rng.randrange(len(parts))
        kind = rng.random()
        if kind < 0.35:
            del parts[at]
        elif kind < 0.6:
            parts.insert(at, ' ' + rng.choice(TOKENS) + ' ')
        elif kind < 0.75:
            parts[at] = rng.choice(TOKENS)
        elif kind < 0.9:
            other = rng.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        else:
            del parts[at:]
    return ''.join(parts)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('tool')
    options.add_argument('--seed', type=int, default=0)
    options.add_argument('--count', type=int, default=0)
    options.add_argument('--doctests', action='store_true')
    options.add_argument('--show', type=int, default=40)
    options.add_argument('--modes', action='store_true')
    args = options.parse_args()
    rng = random.Random(args.seed)
    with open(SNIPPETS) as f:
        base = [decode(s) for s in f.read().strip('\n').split('\n')]
    cases = [(s, 'exec', 'x', 11) for s in base]
    cases += [('def g():\n' + ''.join('    ' + line + '\n' for line in s.split('\n')), 'exec', 'x', 11) for s in base if '"""' not in s and "'''" not in s]
    cases += [('x = é\n' + s + '\ny = 1\n', 'exec', 'x', 11) for s in base]
    if args.modes:
        for mode in ('eval', 'single', 'func_type'):
            cases += [(s + end, mode, 'x', 11) for s in base for end in ('', '\n')]
        cases += [(s + end, 'single', 'i', 11) for s in base for end in ('', '\n')]
        # Before 3.7 `async` and `await` were ordinary names in most places, which they are not here.
        cases += [(s, 'exec', 'x', version) for s in base for version in (7, 9, 10)]
        cases += [(s, 'exec', 't', 11) for s in base]
    if args.doctests:
        cases += [(s, 'exec', 'x', 11) for s in dict.fromkeys(doctests())]
    pool = base[:]
    if args.count:
        for name in ('textwrap', 'dataclasses', 'contextlib', 'ast', 'fractions', 'test/test_patma', 'test/test_grammar', 'asyncio/tasks', 'test/test_fstring', 'typing'):
            with open(f'/usr/lib/python3.11/{name}.py') as f:
                lines = f.read().split('\n')
            for start in range(0, len(lines), 7):
                pool.append('\n'.join(lines[start:start + rng.randint(1, 12)]))
        cases += [(mutate(rng, rng.choice(pool)), 'exec', 'x', 11) for _ in range(args.count)]
    cases = [c for c in cases if '\0' not in c[0]]
    results = ours(args.tool, cases)
    wrong, kinds = 0, {}
    for case, a in zip(cases, results):
        b = theirs(*case)
        a.pop('warnings', None)
        if b.get('type') == 'ValueError' or a == b:
            continue
        wrong += 1
        fields = [k for k in b if a.get(k) != b[k]] if ('ok' in a) == ('ok' in b) else ['accepted']
        kinds[tuple(fields)] = kinds.get(tuple(fields), 0) + 1
        if wrong <= args.show:
            if 'ok' in a: a = {'ok': '…'} if 'ok' not in b else a
            print(f'{case[0][:300]!r} {case[1:]}\n   ours   {str(a)[:300]}\n   theirs {str(b)[:300]}')
    if wrong: print('they differ in', kinds)
    print(f'{len(cases) - wrong} passed, {wrong} failed')


main()
