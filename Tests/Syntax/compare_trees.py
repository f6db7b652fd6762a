"""Compares the parser's trees with those of CPython 3.11, file by file.

usage: python3.11 compare_trees.py TOOL [FILE|DIRECTORY]...
"""
import ast, os, subprocess, sys, warnings
warnings.simplefilter('ignore')
sys.setrecursionlimit(100000)

def files(roots):
    for root in roots:
        if os.path.isfile(root):
            yield root
        for directory, _, names in os.walk(root):
            yield from (os.path.join(directory, name) for name in sorted(names) if name.endswith('.py'))

def expected(path):
    with open(path, 'rb') as f:
        source = f.read()
    try:
        return ast.dump(ast.parse(source), include_attributes=True)
    except (SyntaxError, ValueError) as error:
        return 'ERROR ' + str(error)

def main():
    tool, roots = sys.argv[1], sys.argv[2:] or ['/usr/lib/python3.11']
    paths = list(files(roots))
    same = different = 0
    for start in range(0, len(paths), 50):
        batch = paths[start:start + 50]
        run = subprocess.run([tool, 'dump', *batch], capture_output=True)
        lines = run.stdout.decode('utf-8', 'surrogateescape').split('\n')
        if run.returncode:
            different += 1
            print('EXIT', run.returncode, 'in', batch[0], 'and on, after', len(lines) - 1)
        for path, ours in zip(batch, lines):
            theirs = expected(path)
            if ours == theirs or (ours.startswith('ERROR') and theirs.startswith('ERROR')):
                same += 1
                continue
            different += 1
            at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), 0)
            print(f'{path}\n   ours   …{ours[max(0, at - 150):at + 120]}\n   theirs …{theirs[max(0, at - 150):at + 120]}')
    print(f'{same} passed, {different} failed')

main()
