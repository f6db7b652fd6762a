#!/bin/sh
# Tests of the Bytecode room. Builds Syntax and Bytecode with Tool.swift as one module, then:
# golden disassemblies (golden/*.py against *.txt; `run.sh --update` rewrites them), errors and annotations against
# python3.11, and every file of the standard library: compiled, verified, written and read back.
set -e
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=${TMPDIR:-/tmp}/taipan-bytecode-tests
rm -rf "$build" && mkdir -p "$build"
cp "$root"/Sources/Syntax/*.swift "$root"/Sources/Bytecode/*.swift "$build"
sed -i '/^import Syntax$/d' "$build"/*.swift
cp "$here/Tool.swift" "$build/main.swift"
(cd "$build" && swiftc -swift-version 5 -O -wmo *.swift -o tool)
tool=$build/tool
status=0
cd "$here/golden"
for source in *.py; do
    if [ "$1" = --update ]; then
        "$tool" dis "$source" > "${source%.py}.txt"
    elif ! "$tool" dis "$source" | diff "${source%.py}.txt" -; then
        echo "golden/$source differs"
        status=1
    fi
done
python3.11 "$here/errors.py" "$tool" || status=1
find /usr/lib/python3.11 -name '*.py' | grep -v -e bad_coding -e badsyntax -e lib2to3/tests/data > "$build/files"
python3.11 "$here/annotations.py" "$tool" < "$build/files" || status=1
"$tool" fuzz /usr/lib/python3.11/argparse.py
xargs "$tool" stat < "$build/files"
exit $status
