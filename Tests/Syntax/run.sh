#!/bin/sh
# Tests of the Syntax room. Builds it with main.swift as one module, then compares with python3.11: the trees of every eighth file of the standard
# library, and the errors of snippets, of mutations of them and of the examples in CPython's tests. At last it parses token soup. The last line is the summary.
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=${TMPDIR:-/tmp}/taipan-syntax-tests
rm -rf "$build" && mkdir -p "$build"
cp "$root"/Sources/Syntax/*.swift "$here/main.swift" "$build"
(cd "$build" && swiftc -swift-version 5 -O -wmo *.swift -o tool) || { echo "0 passed, 1 failed"; exit 1; }
tool=$build/tool
find /usr/lib/python3.11 -name '*.py' | LC_ALL=C sort | awk 'NR % 8 == 1' > "$build/sample"
# A part that ends badly fails, whatever it has printed.
run() { "$@" || echo "0 passed, 1 failed"; }
{
    run xargs /usr/bin/python3.11 "$here/compare_trees.py" "$tool" < "$build/sample"
    run /usr/bin/python3.11 "$here/compare_syntax_errors.py" "$tool" --doctests --modes --count 2000
    run xargs -n 300 "$tool" fuzz 1 4000 < "$build/sample"
} | /usr/bin/python3.11 "$here/../sum.py"
