#!/bin/sh
# Tests of the Bytecode room. Builds Syntax and Bytecode with Tool.swift as one module, then:
# golden disassemblies (golden/*.py against *.txt; `run.sh --update` rewrites them), errors and annotations against
# python3.11, every eighth file of the standard library compiled, verified, written and read back, and damaged code.
# The last line is the summary.
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=${TMPDIR:-/tmp}/taipan-bytecode-tests
rm -rf "$build" && mkdir -p "$build"
cp "$root"/Sources/Syntax/*.swift "$root"/Sources/Bytecode/*.swift "$build"
sed -i '/^import Syntax$/d' "$build"/*.swift
cp "$here/Tool.swift" "$build/main.swift"
(cd "$build" && swiftc -swift-version 5 -O -wmo *.swift -o tool) || { echo "0 passed, 1 failed"; exit 1; }
tool=$build/tool
cd "$here/golden"
if [ "$1" = --update ]; then
    for source in *.py; do "$tool" dis "$source" > "${source%.py}.txt"; done
    exit
fi
find /usr/lib/python3.11 -name '*.py' | grep -v -e bad_coding -e badsyntax -e lib2to3/tests/data | LC_ALL=C sort > "$build/files"
awk 'NR % 8 == 0' "$build/files" > "$build/sample"
# A part that ends badly fails, whatever it has printed.
run() { "$@" || echo "0 passed, 1 failed"; }
{
    for source in *.py; do
        if "$tool" dis "$source" | diff "${source%.py}.txt" -; then echo "1 passed, 0 failed"; else echo "golden/$source differs"; echo "0 passed, 1 failed"; fi
    done
    run /usr/bin/python3.11 "$here/errors.py" "$tool"
    run /usr/bin/python3.11 "$here/annotations.py" "$tool" < "$build/files"
    run "$tool" fuzz /usr/lib/python3.11/argparse.py /usr/lib/python3.11/dataclasses.py
    run xargs "$tool" stat < "$build/sample"
} | /usr/bin/python3.11 "$here/../sum.py"
